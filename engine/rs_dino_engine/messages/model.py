"""What is said about models and their files."""

TEXTS = {
    # finding
    "model-unknown": (
        "There is no model called {name}.{hint} Known are: {known}. A folder or a checkpoint file can be given too."
    ),
    "model-file-missing": "The model file {path} does not exist.{hint}",
    "model-file-kind": (
        "{path} is not a model: model folders and .safetensors, .pth, .pt, .ckpt, .bin and .onnx files can be read."
    ),
    "model-exists": "The library already has a model called {name}; choose another name.",
    "model-name": "{name} cannot be a model's name: letters, digits, dots, dashes and underscores are possible.",
    "models-folder-unreadable": "The folder {folder} cannot be looked into: {reason}",
    # model folders
    "model-folder-incomplete": "The model folder {folder} has no {file}.",
    "model-folder-several": "The folder {folder} holds several models ({files}); give the path of the one that is meant.",
    "model-json-unreadable": "{path} cannot be read: {reason}.",
    "model-json-invalid": "{path} does not describe a model: {reason}.",
    "model-outside-folder": "{path} is a link that leads out of its model folder; it was not followed.",
    "model-altered": "{path} is not the file that its model.json describes (its sha256 differs).",
    "model-folder-write": "The model folder {folder} cannot be written: {reason}.",
    # weights files
    "weights-unreadable": "The weights file {path} is damaged or not what its name says: {reason}.",
    "weights-pointer": (
        "{path} is not the weights but a Git LFS pointer to them ({size} bytes of text); download the file itself."
    ),
    "checkpoint-code": (
        "{path} was not loaded: it asks to use {name}, which weights never need and which could run a program. "
        "Nothing in the file was executed."
    ),
    "checkpoint-whole-model": (
        "{path} holds a whole Python model ({name}), not just weights; save its state_dict() instead. "
        "Nothing in the file was executed."
    ),
    "checkpoint-script": "{path} is a TorchScript program, not weights; save its state_dict() or export it to ONNX.",
    "checkpoint-tar": "{path} is in the format of PyTorch before 0.1.10; load and save it once with a newer PyTorch.",
    "checkpoint-compressed": "{path} is a compressed archive; torch.save never compresses, so it was not opened.",
    "checkpoint-big-endian": "{path} was written on a big-endian machine and cannot be read here.",
    "checkpoint-no-weights": "{path} holds no table of weights (state_dict).",
    "checkpoint-unknown": (
        "{path} holds weights of a network that is not known here (its first keys are {keys}). "
        "Networks that can be run come as a model folder, as ONNX, or as one of: {known}."
    ),
    "checkpoint-not-yet": "{path} is {title}; this version cannot run it{instead}.",
    "checkpoint-incomplete": "{path} is incomplete: {name} is missing.",
    "checkpoint-left": (
        "Only the backbone in {path} was taken: what else it holds (tensors: {count}, the first is {name}) belongs to a "
        "head that is not known here."
    ),
    "checkpoint-quantized": "{path} holds quantised weights (8 bit), which cannot be used; take the full-size file.",
    # networks
    "network-unknown": "This version has no network called {kind}; it has {known}.",
    "network-arguments": "The model {model} describes its network {kind} in an unknown way: {reason}.",
    "network-mismatch": "The weights in {path} do not fit the network {kind}: {reason}.",
    "head-unknown": "{path} is not a head that is known here; CHMv2's canopy-height head is.",
    "head-other-backbone": "{path} belongs to another backbone: it needs {wanted}.",
    "head-without-backbone": (
        "{path} is a canopy-height head alone; give the DINOv3 ViT-L/16 satellite backbone as the model and this file "
        "as its head."
    ),
    "dinov3-statistics-assumed": (
        "{path} does not say on which pictures it was trained; web pictures are assumed. For satellite weights put the "
        "config.json or preprocessor_config.json that was published with it beside it."
    ),
    "head-not-taken": "The model {model} is complete and takes no separate head.",
    # timm
    "timm-missing": "Networks of timm need timm: run {command}.",
    "timm-broken": "timm is installed but does not load ({reason}); run {command}.",
    "timm-unusable": "timm's {name} cannot give maps of features: {reason}.",
    "timm-unknown": "timm {version} has no network called {name}.{hint}",
    "timm-not-here": (
        "timm's {name} is not here yet: rs-dino models get timm:{name} fetches it; or give a file or folder with the "
        "config.json that was published with it."
    ),
    "checkpoint-needs-timm": "{path} is {title}, which runs as a network of timm: run {command}.",
    # onnx
    "onnx-missing": "ONNX models need onnxruntime: run {command}.",
    "onnx-unreadable": "The ONNX file {path} cannot be used: {reason}.",
    "onnx-outside": (
        "The ONNX file {path} wants weights from {location}, which is not a file beside it; it was not opened."
    ),
    "onnx-external-missing": "The ONNX file {path} keeps weights in {location}, which is missing.",
    "onnx-operators": "The ONNX file {path} needs operators that are not part of ONNX: {names}.",
    "onnx-detector": (
        "{path} is a model of type {type}; this version runs models that give every pixel a class or a value "
        "(Segmentor, Regressor)."
    ),
    "onnx-inputs": "The ONNX file {path} has {count} inputs ({names}); models with one image input can be run.",
    "onnx-input-shape": "The input of the ONNX file {path} has the shape {shape}; an image (n, bands, h, w) is needed.",
    "onnx-output-shape": "The ONNX file {path} turns {input} into {outputs}; an output per pixel is needed.",
    "onnx-labels-need-names": (
        "The ONNX file {path} gives finished labels but does not say how many classes there are; "
        "add class_names to its metadata or a model.json."
    ),
    "onnx-metadata": "The metadata key {key} of the ONNX file {path} cannot be read: {value}.",
    "onnx-device": (
        "The installed onnxruntime cannot use {device} (it has {providers}); run {command}, or choose --device cpu."
    ),
    "onnx-run": "The ONNX model {model} failed: {reason}.",
    "onnx-window": "The ONNX model {model} takes windows of {wanted} px, not {given} px.",
    # what had to be assumed
    "onnx-assumed": "{path} does not say {missing}; assumed: {assumed}. A model.json states it once and for all.",
    "onnx-output-chosen": "{path} has several outputs; {name} is used.",
    "onnx-known": "{path} was recognised as {title}.",
    # getting published weights
    "official-unknown": "No published model is called {name}; there are {known}.",
    "official-source": (
        "{source} is neither a file here nor one of {known}. Weights can also be asked for at {page}; paste the link "
        "from the e-mail, or give the file."
    ),
    "official-other-file": "{path} is not {name}: its sha256 does not begin as that file's does.",
    "official-other-model": "{path} is not {name}: it holds {found}, not {title}.",
    "official-head": (
        "{name} is a head without its backbone: it was kept; get {backbone}, then {name} again, and the two become "
        "one model."
    ),
    "licence-not-accepted": (
        "{model} stands under the {licence}; read it at {page} and say --accept-licence if you agree. Nothing was "
        "fetched."
    ),
    "download-refused": (
        "{host} refused access (HTTP {status}): ask for access on the model's page there and give your token in the "
        "environment variable HF_TOKEN, or take timm's copy, which needs none."
    ),
    "timm-not-published": "timm publishes no file of weights for {name} that can be read here.",
    "licence-on-page": (
        "It is not stated here under which licence {model} stands; read {page} and say --accept-licence if you agree. "
        "Nothing was fetched."
    ),
    "download-missing": "There is no file at {url}.",
    "download-failed": (
        "Nothing could be fetched from {host}: {reason}. Try again to go on where it stopped, or fetch the file with a "
        "browser and give its path."
    ),
    "download-altered": "{file} as {host} sent it is not the published file (its sha256 differs); it was thrown away.",
    # verification
    "report-unreadable": "{path} is not a report of rs-dino verify: {reason}.",
}
