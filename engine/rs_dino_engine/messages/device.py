"""What is said about devices."""

TEXTS = {
    "device-asked": "Using {name} ({title}), as asked.",
    "device-auto": "Using {name} ({title}), the fastest device found.",
    "device-auto-cpu": "Using the processor ({title}): no graphics card that torch can use was found.",
    "device-ready": "{title} is ready.",
    "device-cpu-ready": "Always there.",
    "device-no-torch": "torch is not installed, or does not load: {reason}.",
    "device-cuda-no-build": "This torch ({version}) is built without support for NVIDIA cards.",
    "device-cuda-none": "torch finds no NVIDIA card or driver.",
    "device-mps-no-build": "This torch ({version}) is built without support for Apple's graphics.",
    "device-mps-none": "macOS offers no graphics device that torch can use.",
    "device-gcu-no-module": "The package torch_gcu of Enflame's TopsRider is not installed.",
    "device-gcu-broken": "torch_gcu is installed but does not load: {reason}.",
    "device-gcu-none": "torch_gcu finds no Enflame card.",
    "device-no-such-card": "There is no card number {index}; {count} found.",
    "device-unavailable": "The device {name} cannot be used. {reason}",
    "device-unknown": "There is no device called {name}. Known are: {known}.",
    "dtype-unavailable": "The device {device} does not compute in {dtype}. It offers: {known}.",
}
