"""A training script without a fault: shapes follow the data through the loop, and into the file of the model."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from classifier import Classifier
from torch.utils.data import DataLoader, TensorDataset


def accuracy(logits, labels):
    predicted = logits.argmax(dim=1)
    return (predicted == labels).float().mean()


def main():
    torch.manual_seed(0)
    images = torch.randn(512, 1, 28, 28)
    labels = torch.randint(0, 10, (512,))
    loader = DataLoader(TensorDataset(images, labels), batch_size=64, shuffle=True)
    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(2):
        for batch, target in loader:
            logits = model(batch)
            loss = F.nll_loss(logits, target)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        print(epoch, loss.item(), accuracy(model(images[:64]), labels[:64]).item())


if __name__ == "__main__":
    main()
