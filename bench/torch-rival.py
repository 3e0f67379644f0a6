"""Our model family in PyTorch, one thread. Arguments: height, width, channels, latent, and `score` to reconstruct only.
For each line with a number: the CPU time in ms of one of that many training steps of 64 images; with `score`, of 1,000
scores out of that many, 128 at a time."""

import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    sys.exit(0)  # No greeting: the bench says that there is no rival.

torch.set_num_threads(1)
torch.manual_seed(1)
height, width, channels, latent = map(int, sys.argv[1:5])


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        sizes, widths = [(height, width)], [channels]
        while max(sizes[-1]) > 8:
            sizes.append(tuple((side - 1) // 2 + 1 for side in sizes[-1]))
            widths.append(min(16 * 2 ** (len(widths) - 1), 64))
        vector = max(64, -(-latent // 16) * 16)
        encoder, decoder = [], [nn.ConvTranspose2d(vector, widths[-1], sizes[-1])]
        for i in range(len(widths) - 1):
            encoder += [nn.Conv2d(widths[i], widths[i + 1], 3, stride=2, padding=1), nn.ReLU()]
        encoder.append(nn.Conv2d(widths[-1], vector, sizes[-1]))
        for i in reversed(range(len(widths) - 1)):
            missing = tuple(1 - side % 2 for side in sizes[i])
            convolution = nn.ConvTranspose2d(widths[i + 1], widths[i], 3, 2, 1, output_padding=missing)
            decoder += [nn.ReLU(), convolution]
        self.encoder_module = nn.Sequential(*encoder)
        self.NN_encode_to_latent = nn.Linear(vector, latent)
        self.NN_latent_to_decode = nn.Linear(latent, vector)
        self.decoder_module = nn.Sequential(*decoder, nn.Sigmoid())

    def forward(self, images):
        latents = self.NN_encode_to_latent(self.encoder_module(images).flatten(1))
        return self.decoder_module(self.NN_latent_to_decode(latents)[:, :, None, None])


model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
criterion = nn.MSELoss()
images = torch.rand(64, channels, height, width)


def step():
    optimizer.zero_grad()
    loss = criterion(model(images), images)
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def score(count):
    for start in range(0, count, 128):
        some = pool[: min(128, count - start)]
        ((model(some) - some) ** 2).mean((1, 2, 3)).tolist()


scores = sys.argv[5:] == ["score"]
pool = torch.rand(128, channels, height, width)
print(torch.__version__, flush=True)
for line in sys.stdin:
    count = int(line)
    start = time.process_time()
    if scores:
        score(count)
    else:
        for _ in range(count):
            step()
    spent = time.process_time() - start
    print(1000 * spent * (1000 if scores else 1) / count, flush=True)
