"""Writes the benchmark's files: model code as people write it, in three lengths. `--check` only compares.

Every family stands on its own and is called at the end; the files run under real PyTorch."""

from __future__ import annotations

import sys
from pathlib import Path

FILES = Path(__file__).parent / "files"
HEAD = '''\
"""{title}"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
'''

RESNET = """

class BasicBlock{n}(nn.Module):
    expansion = 1

    def __init__(self, in_planes, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_planes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_planes != self.expansion * planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_planes, self.expansion * planes, 1, stride=stride, bias=False),
                nn.BatchNorm2d(self.expansion * planes),
            )

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out = out + self.shortcut(x)
        return F.relu(out)


class ResNet{n}(nn.Module):
    def __init__(self, blocks=({blocks}), num_classes={classes}):
        super().__init__()
        self.in_planes = {width}
        self.conv1 = nn.Conv2d(3, {width}, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d({width})
        self.layer1 = self._make_layer({width}, blocks[0], stride=1)
        self.layer2 = self._make_layer({width} * 2, blocks[1], stride=2)
        self.layer3 = self._make_layer({width} * 4, blocks[2], stride=2)
        self.linear = nn.Linear({width} * 4 * BasicBlock{n}.expansion, num_classes)

    def _make_layer(self, planes, num_blocks, stride):
        strides = [stride] + [1] * (num_blocks - 1)
        layers = []
        for stride in strides:
            layers.append(BasicBlock{n}(self.in_planes, planes, stride))
            self.in_planes = planes * BasicBlock{n}.expansion
        return nn.Sequential(*layers)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.layer1(out)
        out = self.layer2(out)
        out = self.layer3(out)
        out = F.adaptive_avg_pool2d(out, 1)
        out = torch.flatten(out, 1)
        return self.linear(out)


def train_step{n}(model, images, labels):
    logits = model(images)
    loss = F.cross_entropy(logits, labels)
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return loss, accuracy


resnet{n} = ResNet{n}()
loss{n}, accuracy{n} = train_step{n}(resnet{n}, torch.randn(4, 3, 32, 32), torch.randint(0, {classes}, (4,)))
"""

TRANSFORMER = """

class Attention{n}(nn.Module):
    def __init__(self, dim, heads={heads}, dropout=0.1):
        super().__init__()
        assert dim % heads == 0
        self.heads = heads
        self.qkv = nn.Linear(dim, dim * 3)
        self.proj = nn.Linear(dim, dim)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        B, T, C = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = q.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        k = k.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        v = v.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(C // self.heads)
        if mask is not None:
            scores = scores.masked_fill(mask[:T, :T] == 0, float("-inf"))
        weights = self.drop(F.softmax(scores, dim=-1))
        y = (weights @ v).transpose(1, 2).contiguous().view(B, T, C)
        return self.proj(y)


class FeedForward{n}(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, dim), nn.Dropout(0.1))

    def forward(self, x):
        return self.net(x)


class Block{n}(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = Attention{n}(dim)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = FeedForward{n}(dim, 4 * dim)

    def forward(self, x, mask=None):
        x = x + self.attn(self.norm1(x), mask)
        x = x + self.mlp(self.norm2(x))
        return x


class Transformer{n}(nn.Module):
    def __init__(self, vocab={vocab}, dim={dim}, depth={depth}, context=64):
        super().__init__()
        self.tok = nn.Embedding(vocab, dim)
        self.pos = nn.Parameter(torch.zeros(1, context, dim))
        self.blocks = nn.ModuleList([Block{n}(dim) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.register_buffer("mask", torch.tril(torch.ones(context, context)))

    def forward(self, ids, targets=None):
        B, T = ids.shape
        x = self.tok(ids) + self.pos[:, :T]
        for block in self.blocks:
            x = block(x, self.mask)
        logits = self.head(self.norm(x))
        if targets is None:
            return logits, None
        loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.reshape(-1))
        return logits, loss


transformer{n} = Transformer{n}()
tokens{n} = torch.randint(0, {vocab}, (2, 33))
logits{n}, lm_loss{n} = transformer{n}(tokens{n}[:, :-1], tokens{n}[:, 1:])
"""

UNET = """

class DoubleConv{n}(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.double_conv(x)


class Up{n}(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, in_channels // 2, kernel_size=2, stride=2)
        self.conv = DoubleConv{n}(in_channels, out_channels)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        dy = x2.size(2) - x1.size(2)
        dx = x2.size(3) - x1.size(3)
        x1 = F.pad(x1, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


class UNet{n}(nn.Module):
    def __init__(self, channels=3, classes={classes}, base={width}):
        super().__init__()
        self.inc = DoubleConv{n}(channels, base)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), DoubleConv{n}(base, base * 2))
        self.down2 = nn.Sequential(nn.MaxPool2d(2), DoubleConv{n}(base * 2, base * 4))
        self.down3 = nn.Sequential(nn.MaxPool2d(2), DoubleConv{n}(base * 4, base * 8))
        self.up1 = Up{n}(base * 8, base * 4)
        self.up2 = Up{n}(base * 4, base * 2)
        self.up3 = Up{n}(base * 2, base)
        self.outc = nn.Conv2d(base, classes, kernel_size=1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x4 = self.down3(x3)
        x = self.up1(x4, x3)
        x = self.up2(x, x2)
        x = self.up3(x, x1)
        return self.outc(x)


def dice{n}(logits, target, eps=1e-6):
    probs = torch.softmax(logits, dim=1)
    onehot = F.one_hot(target, probs.size(1)).permute(0, 3, 1, 2).float()
    inter = (probs * onehot).sum(dim=(2, 3))
    union = probs.sum(dim=(2, 3)) + onehot.sum(dim=(2, 3))
    return 1 - ((2 * inter + eps) / (union + eps)).mean()


unet{n} = UNet{n}()
masks{n} = unet{n}(torch.randn(1, 3, 50, 50))
dice_loss{n} = dice{n}(masks{n}, torch.zeros(1, 50, 50, dtype=torch.long))
"""

RECURRENT = """

class Tagger{n}(nn.Module):
    def __init__(self, vocab={vocab}, embedding={width}, hidden={dim}, tags={classes}):
        super().__init__()
        self.embedding = nn.Embedding(vocab, embedding, padding_idx=0)
        self.lstm = nn.LSTM(embedding, hidden, num_layers=2, batch_first=True, bidirectional=True)
        self.attention = nn.Linear(2 * hidden, 1)
        self.tags = nn.Linear(2 * hidden, tags)
        self.sentiment = nn.Linear(2 * hidden, 2)

    def forward(self, words):
        embedded = self.embedding(words)
        states, (h, c) = self.lstm(embedded)
        weights = torch.softmax(self.attention(states).squeeze(-1), dim=1)
        summary = torch.bmm(weights.unsqueeze(1), states).squeeze(1)
        last = torch.cat([h[-2], h[-1]], dim=1)
        return self.tags(states), self.sentiment(summary + last)


class Seq2Seq{n}(nn.Module):
    def __init__(self, vocab={vocab}, hidden={dim}):
        super().__init__()
        self.embedding = nn.Embedding(vocab, hidden)
        self.encoder = nn.GRU(hidden, hidden, batch_first=True)
        self.decoder = nn.GRUCell(hidden, hidden)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, source, steps=5):
        _, state = self.encoder(self.embedding(source))
        state = state.squeeze(0)
        outputs = []
        token = source[:, 0]
        for _ in range(steps):
            state = self.decoder(self.embedding(token), state)
            scores = self.out(state)
            token = scores.argmax(dim=-1)
            outputs.append(scores)
        return torch.stack(outputs, dim=1)


tagger{n} = Tagger{n}()
tag_scores{n}, mood{n} = tagger{n}(torch.randint(1, {vocab}, (4, 20)))
tag_loss{n} = F.cross_entropy(tag_scores{n}.transpose(1, 2), torch.randint(0, {classes}, (4, 20)))
translated{n} = Seq2Seq{n}()(torch.randint(1, {vocab}, (3, 11)))
"""

VAE = """

class VAE{n}(nn.Module):
    def __init__(self, latent={width}):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
        )
        self.mu = nn.Linear(32 * 7 * 7, latent)
        self.log_var = nn.Linear(32 * 7 * 7, latent)
        self.expand = nn.Linear(latent, 32 * 7 * 7)
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1),
            nn.Sigmoid(),
        )

    def encode(self, x):
        h = self.encoder(x)
        return self.mu(h), self.log_var(h)

    def reparameterize(self, mu, log_var):
        std = torch.exp(0.5 * log_var)
        return mu + std * torch.randn_like(std)

    def decode(self, z):
        h = self.expand(z).view(-1, 32, 7, 7)
        return self.decoder(h)

    def forward(self, x):
        mu, log_var = self.encode(x)
        z = self.reparameterize(mu, log_var)
        return self.decode(z), mu, log_var


def vae_loss{n}(recon, x, mu, log_var):
    bce = F.binary_cross_entropy(recon, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp())
    return bce + kld


digits{n} = torch.rand(16, 1, 28, 28)
recon{n}, mu{n}, log_var{n} = VAE{n}()(digits{n})
elbo{n} = vae_loss{n}(recon{n}, digits{n}, mu{n}, log_var{n})
"""

UNCALLED = '''

class Digits{n}(nn.Module):
    """Nothing calls it: its input is worked out from its layers."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, {width}, 3)
        self.conv2 = nn.Conv2d({width}, 64, 3)
        self.dropout = nn.Dropout(0.25)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, {classes})

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = self.dropout(x)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        return F.log_softmax(self.fc2(x), dim=1)
'''

FAMILIES = (RESNET, TRANSFORMER, UNET, RECURRENT, VAE, UNCALLED)
LENGTHS = {"small.py": 100, "medium.py": 500, "large.py": 2000}


def text_of(name: str, lines: int) -> str:
    """Families in turn, each time with other numbers, up to the length."""
    text = HEAD.format(title=f"Benchmark: about {lines} lines of model code.")
    start = 4 if lines == 100 else 0
    for n in range(1000):
        family = FAMILIES[(n + start) % len(FAMILIES)]
        numbers = {
            "n": n, "width": 8 + 8 * (n % 4), "dim": 32 * (1 + n % 3), "heads": 4, "depth": 2 + n % 3,
            "vocab": 500 + n, "classes": 5 + n % 10, "blocks": "2, 2, 2" if n % 2 else "1, 2, 1",
        }  # fmt: skip
        block = family
        for key, value in numbers.items():
            block = block.replace("{" + key + "}", str(value))
        if text.count("\n") + block.count("\n") > lines * 1.06 and n:
            if text.count("\n") >= lines * 0.9:
                break
            continue
        text += block
    return text


def main() -> int:
    """Write or compare; 1 if a file differs."""
    different = 0
    for name, lines in LENGTHS.items():
        path = FILES / name
        text = text_of(name, lines)
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"{path.name} is not what generate.py writes")
                different = 1
        else:
            path.write_text(text, encoding="utf-8")
            print(path.name, text.count("\n"), "lines")
    return different


if __name__ == "__main__":
    sys.exit(main())
