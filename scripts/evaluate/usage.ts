// What the command says about itself, and the error that means “you asked for something that cannot be”.

export const usage = `usage: npm run evaluate -- --train PATH [options]

Trains an autoencoder on the images of PATH with the product's own engine worker, in a headless Chromium, and
measures it on others. PATH is a folder of images or an IDX images file, with an optional filter by class:
#label=3 or #label!=3.

  --train PATH        images to learn from; validation and calibration sets are cut from them (seeded)
  --validation PATH   use these images for the validation loss instead
  --good PATH         ordinary images that were never seen: measures the false-positive rate
  --bad PATH          anomalies; may be given several times
  --preset notebook   the notebook's protocol: fit all --train images, validate on --validation, calibrate nothing
  --recipe NAME       notebook (clean input) or detector (corrupted input, the default)
  --size S            side of the model's square input, 8 to 256 (default: the images' own size up to 64, else 64)
  --channels KIND     gray or rgb (default: as the images are)
  --latent K          latent size, 1 to 1024 (default 20)
  --variant NAME      plain (default), linear or variational
  --beta B            weight of the divergence of the variational variant, 0 to 100 (default 1)
  --noise S           train with noise of this deviation, 0 to 1, instead of the recipe's
  --denoise S         measure how the model removes noise of this deviation from the --good images, else from the
                      validation images (default: as --noise)
  --synthetic         without --bad: draw squares, scratches, blobs and rotations into the --good images, else into the
                      calibration images, and estimate how well they are found
  --epochs N          1 to 10000 (default: 20 by the notebook's recipe; by the detector's as the product trains,
                      8 for more than 20000 images, up to 200 for fewer)
  --seed S            0 to 4294967295 (default 42)
  --rate R            false-positive rate to calibrate for, between 0 and 1 (default 0.01)
  --memory MIB        memory budget for the images in MiB (default 1536)
  --engine NAME       auto (default), wasm or webgpu
  --out FILE          also write the result there

       npm run evaluate -- --protocol NAME --data DIR [options]

Cuts labelled data by a protocol, trains a model for each part and measures AUROCs, PCA beside.

  --protocol NAME     one-class: each class in turn is normal; leave-one-out: each in turn is the anomaly;
                      holdout: DIR/normal (or good) against DIR/anomalous (or further folders), masks where there are
                      some; calibration: false-positive rates over splits of the test images, rotated images caught
  --data DIR          IDX files or class folders, in train and test folders or not (then 70/30 of each class)
  --seeds LIST        such as 0,1,2 (default 0)
  --classes LIST      only these classes in turn: a part
  --groups CSV        of holdout: columns file, group, split0 …; the file's clusters and splits instead of our own
  --splits LIST       of holdout: only these splits of the file, such as 0,1: a part
  --rate-splits N     of holdout on photos: measure the calibrated rate over N more splits (default 0)
  --recipe, --size, --channels, --latent, --epochs, --rate, --memory, --engine, --out as above

Progress goes to stderr; the last line of stdout is the result as one JSON object.`;

/** A request that cannot be carried out as it was put: one sentence, exit code 2. */
export class UsageError extends Error {}
