# SPDX-License-Identifier: Apache-2.0
"""Wrote small.pth, small-old.pth and small-protocol4.pth, by PyTorch 2.6: one state dict with every kind of tensor that
needs care. `write_small.py FOLDER`"""
import sys

import torch

folder = sys.argv[1]
base = torch.arange(24, dtype=torch.float32) / 4
state = {
    "plain": base.view(2, 3, 4),
    "turned": base.view(2, 3, 4).permute(2, 0, 1),  # the same storage in another order
    "window": base[5:11].view(2, 3),                # a part of it
    "steps": base[1::5],
    "pixels": torch.arange(24, dtype=torch.float32).view(1, 2, 3, 4).to(memory_format=torch.channels_last),
    "half": torch.tensor([1.0, -2.5, 65504, 6e-8, float("inf"), 0.1], dtype=torch.float16),
    "brain": torch.tensor([1.0, -2.5, 3e38, 0.1], dtype=torch.bfloat16),
    "double": torch.tensor([[1 / 3, -1e-40]], dtype=torch.float64),
    "scalar": torch.tensor(3.5),
    "parameter": torch.nn.Parameter(torch.tensor([7.0, 8.0])),
    "num_batches_tracked": torch.tensor(12345),
    "mask": torch.tensor([True, False]),
}
everything = {"epoch": 3, "best": 0.25, "arch": "none", "note": None, "lrs": [0.1, 0.01], "state_dict": state}
torch.save(everything, f"{folder}/small.pth")
torch.save(everything, f"{folder}/small-old.pth", _use_new_zipfile_serialization=False)
torch.save(everything, f"{folder}/small-protocol4.pth", pickle_protocol=4)
