"""Networks as training leaves them: normalisations with statistics and slopes of their own."""

import torch
from torch import nn


def stirred(network: nn.Module) -> nn.Module:
    """Give the normalisations statistics and slopes as training would. Returns: the network, evaluating."""
    torch.manual_seed(3)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.2)
            nn.init.uniform_(module.bias, -0.2, 0.2)
            nn.init.uniform_(module.running_mean, -0.3, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
    return network.eval()
