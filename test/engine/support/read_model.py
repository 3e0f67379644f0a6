"""Opens a model file with PyTorch alone and scores images with the notebook's module.

python3 read_model.py MODEL IMAGES < nothing > JSON: IMAGES holds bytes [N, 28, 28]. Prints the per-image mean squared
errors, and the names of the tensors that are not the module's.
"""
import json
import struct
import sys

import torch
from torch import nn


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    kinds = {"F64": torch.float64, "F32": torch.float32, "I32": torch.int32, "U8": torch.uint8}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            flat = torch.frombuffer(bytearray(data[start:end]), dtype=kinds[entry["dtype"]]) if end > start else torch.empty(0)
            tensors[name] = flat.reshape(entry["shape"])
    return tensors, header["__metadata__"]


class Autoencoder(nn.Module):
    """The notebook's network: 28 × 28 gray to 20 numbers and back."""

    def __init__(self):
        super().__init__()
        self.encoder_module = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 7),
        )
        self.decoder_module = nn.Sequential(
            nn.ConvTranspose2d(64, 32, 7),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )
        self.NN_encode_to_latent = nn.Linear(64, 20)
        self.NN_latent_to_decode = nn.Linear(20, 64)

    def forward(self, images):
        latent = self.NN_encode_to_latent(self.encoder_module(images).flatten(1))
        return self.decoder_module(self.NN_latent_to_decode(latent).reshape(-1, 64, 1, 1))


def main(model_path, images_path):
    torch.set_num_threads(1)
    tensors, metadata = read_safetensors(model_path)
    model = Autoencoder().eval()
    own = model.state_dict().keys()
    model.load_state_dict({name: tensor for name, tensor in tensors.items() if name in own}, strict=True)
    with open(images_path, "rb") as file:
        images = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).reshape(-1, 1, 28, 28).float() / 255
    with torch.no_grad():
        errors = (model(images).double() - images.double()).square().mean(dim=(1, 2, 3))
    others = sorted(set(tensors) - set(own))
    print(json.dumps({"scores": errors.tolist(), "others": others, "format": metadata["format"]}))


main(sys.argv[1], sys.argv[2])
