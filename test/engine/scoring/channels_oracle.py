# The score channels by torch and numpy, written from their formulas: python3 channels_oracle.py FOLDER
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

folder = Path(sys.argv[1])
task = json.loads((folder / 'task.json').read_text())


def read(name, *shape):
    return torch.from_numpy(np.fromfile(folder / name, np.float32).reshape(shape).copy()).double()


def histogram(x, cell):
    k = torch.tensor([[-1.0, 0, 1]] * 3, dtype=torch.double) / 3
    gx = F.conv2d(x[:, None], k[None, None], padding=1)[:, 0]
    gy = F.conv2d(x[:, None], k.T[None, None].contiguous(), padding=1)[:, 0]
    m2 = gx**2 + gy**2 + 1e-8
    phi = 2 * np.pi * torch.arange(8, dtype=torch.double) / 8
    e = (gx[:, None] * torch.cos(phi)[:, None, None] + gy[:, None] * torch.sin(phi)[:, None, None]).clamp(min=0) ** 3
    e = e / m2[:, None]
    pooled = F.avg_pool2d(e, 2 * cell, cell, cell // 2)
    return torch.sqrt(pooled + 1e-8).permute(0, 2, 3, 1).reshape(len(x), -1)


def structure(x, y):
    x, y = F.avg_pool2d(x[:, None], 2), F.avg_pool2d(y[:, None], 2)
    mean = lambda a: F.avg_pool2d(a, 5, 1)
    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    s = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return 1 - s.mean((1, 2, 3))


def bank(fit, test, recipe):
    mean = fit.mean(0)
    _, s, v = torch.linalg.svd(fit - mean, full_matrices=False)
    k = min(recipe['components'], len(fit) // 5)
    values = s[:k] ** 2 / len(fit)
    w = v[:k] / torch.sqrt(values + recipe['ridge'] * values.mean())[:, None]
    distances = torch.cdist((test - mean) @ w.T, (fit - mean) @ w.T)
    return distances.topk(recipe['neighbours'], largest=False).values.mean(1)


def contrast(x):
    m, s = x.mean((1, 2), keepdim=True), x.std((1, 2), unbiased=False, keepdim=True)
    return ((x - m) / s * 0.2 + 0.5).clamp(0, 1)


def residual(fit, test):
    mean, std = fit.mean(0), fit.std(0, unbiased=False) + 1e-3
    f, t = (fit - mean) / std, (test - mean) / std
    v = torch.linalg.svd(f, full_matrices=False)[2][: min(80, len(fit) // 5)]
    r = t - t @ v.T @ v
    maps = (r**2).reshape(len(test), 32, 32, 8).sum(-1)
    return maps, F.avg_pool2d(maps[:, None], 2, 1).amax((1, 2, 3))


small = read('small.f32', task['small'], 28, 28)
rebuilt = read('rebuilt.f32', task['small'], 28, 28)
odd = read('odd.f32', task['odd'], 19, 33)
large = read('large.f32', task['large'], 256, 256)
fits = task['fit']
hs = histogram(small, 4)
planes = contrast(large)
hc = histogram(planes, 8)
hd = histogram(contrast(F.avg_pool2d(large[:, None], 4)[:, 0]), 8)
maps, worst = residual(hc[: fits['large']], hc[fits['large'] :])
answer = {
    'structure': structure(small, rebuilt),
    'histogram': hs[0],
    'oddHistogram': histogram(odd, 4)[0],
    'nearest': bank(hs[: fits['small']], hs[fits['small'] :], task['recipes']['orientation']),
    'whole': bank(hd[: fits['large']], hd[fits['large'] :], task['recipes']['whole']),
    'map': maps[0].flatten(),
    'worst': worst,
}
print(json.dumps({name: value.tolist() for name, value in answer.items()}))
