"""The notebook's training step in PyTorch, one thread. For each line with a number of steps: their CPU time per step in ms."""

import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    sys.exit(0)  # No greeting: the bench says that there is no rival.

torch.set_num_threads(1)
torch.manual_seed(1)


class Autoencoder(nn.Module):
    def __init__(self, latent=20):
        super().__init__()
        self.encoder_module = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 7),
        )
        self.NN_encode_to_latent = nn.Linear(64, latent)
        self.NN_latent_to_decode = nn.Linear(latent, 64)
        self.decoder_module = nn.Sequential(
            nn.ConvTranspose2d(64, 32, 7),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, images):
        latents = self.NN_encode_to_latent(self.encoder_module(images).flatten(1))
        return self.decoder_module(self.NN_latent_to_decode(latents)[:, :, None, None])


model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
criterion = nn.MSELoss()
images = torch.rand(64, 1, 28, 28)


def step():
    optimizer.zero_grad()
    loss = criterion(model(images), images)
    loss.backward()
    optimizer.step()
    return loss.item()


print(torch.__version__, flush=True)
for line in sys.stdin:
    steps = int(line)
    start = time.process_time()
    for _ in range(steps):
        step()
    print(1000 * (time.process_time() - start) / steps, flush=True)
