# SPDX-License-Identifier: Apache-2.0
"""Networks of torchvision with random weights and statistics, saved in every way PyTorch has, and what PyTorch makes of
one image: test-torch reads them. `write_features.py FOLDER`; ends with 77 where there is no torch or torchvision."""
import json
import struct
import sys

try:
    import torch
    import torchvision
except ImportError:
    sys.exit(77)

folder = sys.argv[1]
SIDE = 96


def write_safetensors(path, tensors):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, t in tensors.items():
        size = t.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            file.write(t.float().contiguous().numpy().tobytes())


def randomize(model, seed):
    """Batch norms as after training: statistics that a wrong reading of them would not survive."""
    g = torch.Generator().manual_seed(seed)
    for m in model.modules():
        if isinstance(m, torch.nn.BatchNorm2d):
            m.running_mean.normal_(0, 0.5, generator=g)
            m.running_var.uniform_(0.3, 3, generator=g)
            m.weight.data.uniform_(0.3, 1.2, generator=g)
            m.bias.data.normal_(0, 0.2, generator=g)
    return model.eval()


def image():
    """The image that the test makes, from 0 to 255, red green blue."""
    y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    return torch.stack([(7 * x + 3 * y) % 256, (x * y) % 256, (5 * x + 11 * y + 64) % 256])


mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
deviation = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
batch = ((image() / 255 - mean) / deviation).unsqueeze(0)


def keep(features, name):
    return lambda module, inputs, output: features.__setitem__(name, output.detach().clone())


def run(model, watch):
    features = {}
    for name, module in watch.items():
        module.register_forward_hook(keep(features, name))
    with torch.no_grad():
        model(batch)
    return features


torch.manual_seed(1)
for name in ["resnet18", "resnet50"]:
    model = randomize(getattr(torchvision.models, name)(), 2)
    state = model.state_dict()
    if name == "resnet18":
        torch.save(state, f"{folder}/{name}.pth")
        write_safetensors(f"{folder}/{name}.safetensors", {k: v for k, v in state.items() if v.is_floating_point()})
        torch.save(state, f"{folder}/{name}-old.pth", _use_new_zipfile_serialization=False)
        # As MoCo saves: two encoders and a queue, below two prefixes; here in another order of memory, too.
        model.to(memory_format=torch.channels_last)
        both = {f"module.{e}.{k}": v for e in ["encoder_k", "encoder_q"]
                for k, v in (model.state_dict() if e == "encoder_q" else torchvision.models.resnet18().state_dict()).items()}
        both["module.queue"] = torch.randn(128, 4096)
        torch.save({"epoch": 200, "arch": name, "state_dict": both}, f"{folder}/{name}-moco.pth.tar")
    else:
        torch.save({"model": {"module." + k: v.half() if v.is_floating_point() else v for k, v in state.items()}},
                   f"{folder}/{name}.pth")
        model.load_state_dict({k: v.half().float() if v.is_floating_point() else v for k, v in state.items()})
        model = model.float()
    layers = {"conv1": model.relu, "layer1": model.layer1, "layer2": model.layer2, "layer3": model.layer3,
              "layer4": model.layer4}
    # conv1's ReLU is one module that runs once; blocks have their own.
    write_safetensors(f"{folder}/{name}-features.safetensors", run(model, layers))

model = torchvision.models.alexnet().eval()
torch.save(model.state_dict(), f"{folder}/alexnet.pth")
relu = {"conv1": 1, "conv2": 4, "conv3": 7, "conv4": 9, "conv5": 11}
features = {}
with torch.no_grad():
    x = batch
    for i, module in enumerate(model.features):
        x = module(x)
        for layer, at in relu.items():
            if i == at:
                features[layer] = x.clone()
write_safetensors(f"{folder}/alexnet-features.safetensors", features)


def blocks(specs):
    """Zhang, Isola & Efros's release (eccv16), as far as the trunk goes: model1 to model7."""
    model, n_in = torch.nn.Module(), 1
    for i, (n_convs, n, stride, dilation) in enumerate(specs):
        layers = []
        for j in range(n_convs):
            layers += [torch.nn.Conv2d(n_in, n, 3, stride=stride if j == n_convs - 1 else 1, padding=dilation,
                                       dilation=dilation), torch.nn.ReLU(True)]
            n_in = n
        model.add_module(f"model{i + 1}", torch.nn.Sequential(*layers, torch.nn.BatchNorm2d(n)))
    model.model_out = torch.nn.Conv2d(313, 2, 1, bias=False)
    return model


def lightness(rgb):
    """(L - 50) / 100 of CIE Lab, by its definition (IEC 61966-2-1, D65)."""
    x = rgb.double() / 255
    linear = torch.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    y = (torch.tensor([0.2126729, 0.7151522, 0.0721750], dtype=torch.float64).view(3, 1, 1) * linear).sum(0)
    f = torch.where(y > (6 / 29) ** 3, y ** (1 / 3), y * (29 / 6) ** 2 / 3 + 4 / 29)
    return ((116 * f - 16 - 50) / 100).float().view(1, 1, SIDE, SIDE)


model = randomize(blocks([(2, 64, 2, 1), (2, 128, 2, 1), (3, 256, 2, 1), (3, 512, 1, 1), (3, 512, 1, 2), (3, 512, 1, 2),
                          (3, 512, 1, 1)]), 3)
torch.save(model.state_dict(), f"{folder}/colornet.pth")
features, x = {}, lightness(image())
with torch.no_grad():
    for i in range(1, 8):
        x = getattr(model, f"model{i}")(x)
        features[f"conv{i}"] = x.clone()
write_safetensors(f"{folder}/colornet-features.safetensors", features)
