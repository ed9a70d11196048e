"""The engine's words, made by rs_dino_engine.catalog so that translators' tools find them. Never run."""

from qgis.PyQt.QtCore import QCoreApplication

translate = QCoreApplication.translate


def words() -> None:
    """Literal calls; the result is not used."""
    translate("RsDino", "Segment")
    translate(
        "RsDino", "Gives every pixel of a raster a class: land cover, clouds, buildings, or what your own model knows."
    )
    translate("RsDino", "Rasters")
    translate("RsDino", "Georeferenced image files, folders of them, or patterns such as ortho/*.tif.")
    translate("RsDino", "Output folder")
    translate("RsDino", "Where the results go.")
    translate("RsDino", "One mosaic")
    translate("RsDino", "The rasters are sheets of one mosaic: one stretch, no seam at sheet edges.")
    translate("RsDino", "One output a sheet")
    translate("RsDino", "For a mosaic: cut the results along the sheets again.")
    translate("RsDino", "Bands")
    translate("RsDino", "Band numbers of the raster (from 1), in the order of the model's bands.")
    translate("RsDino", "Area of interest")
    translate("RsDino", "File of polygons, in any CRS; only windows that touch them are computed.")
    translate("RsDino", "Tile size")
    translate("RsDino", "Side of a window, in pixels of the model's grid. Empty: what the model recommends.")
    translate("RsDino", "Overlap")
    translate("RsDino", "Shared border of windows: pixels (64), or a fraction of the tile size (0.25).")
    translate("RsDino", "Batch size")
    translate("RsDino", "Windows that run together. Empty: fits the device.")
    translate("RsDino", "Device")
    translate("RsDino", "auto, cpu, cuda:0, mps, gcu:0 …")
    translate("RsDino", "Precision")
    translate("RsDino", "fp32 is exact; bf16 and fp16 are faster where the device has them.")
    translate("RsDino", "auto")
    translate("RsDino", "fp32")
    translate("RsDino", "bf16")
    translate("RsDino", "fp16")
    translate("RsDino", "Stretch")
    translate(
        "RsDino", "How values become what the model expects: auto, none, percentiles=2,98, range=0,3000, scale=0.0001."
    )
    translate("RsDino", "Test-time augmentation")
    translate("RsDino", "Runs the model on turned or scaled copies and averages.")
    translate("RsDino", "flips")
    translate("RsDino", "rotations")
    translate("RsDino", "scales")
    translate("RsDino", "Output grid")
    translate("RsDino", "The raster's own grid, or the grid the model works on.")
    translate("RsDino", "input")
    translate("RsDino", "model")
    translate("RsDino", "Only check")
    translate("RsDino", "Say what would be done, and stop.")
    translate("RsDino", "Model")
    translate("RsDino", "An embedded model's name, a model folder, or a checkpoint file (.pth .safetensors .onnx).")
    translate("RsDino", "Extra layers")
    translate("RsDino", "Layers that are written beside the labels.")
    translate("RsDino", "confidence")
    translate("RsDino", "entropy")
    translate("RsDino", "probabilities")
    translate("RsDino", "disagreement")
    translate("RsDino", "Polygons")
    translate("RsDino", "Also write the classes as polygons.")
    translate("RsDino", "Polygon format")
    translate("RsDino", "File format of the polygons.")
    translate("RsDino", "gpkg")
    translate("RsDino", "geojson")
    translate("RsDino", "shp")
    translate("RsDino", "fgb")
    translate("RsDino", "parquet")
    translate("RsDino", "Minimum area")
    translate("RsDino", "Smaller polygons are given to the neighbour with the longest common border.")
    translate("RsDino", "Fill holes")
    translate("RsDino", "What one polygon encloses is given to it up to this size; nodata never is.")
    translate("RsDino", "Simplify")
    translate("RsDino", "How far simplified borders may lie from the exact ones; neighbours keep one border.")
    translate("RsDino", "Right angles")
    translate("RsDino", "Free-standing polygons get right angles, for buildings.")
    translate("RsDino", "Head")
    translate("RsDino", "A head that is a file of its own, for checkpoints that hold a backbone only.")
    translate("RsDino", "Labels")
    translate("RsDino", "Class ids (uint8, nodata 255) with colours and class names.")
    translate("RsDino", "Confidence")
    translate("RsDino", "Probability of the class shown, in percent.")
    translate("RsDino", "Entropy")
    translate("RsDino", "How undecided the model is, in percent of its maximum.")
    translate("RsDino", "Probabilities")
    translate("RsDino", "One band a class, 0-1.")
    translate("RsDino", "Disagreement")
    translate("RsDino", "How far overlapping windows and test-time augmentations disagree, in percent.")
    translate("RsDino", "Classes as polygons, with area, perimeter and mean confidence.")
    translate("RsDino", "Vectorize")
    translate("RsDino", "Turns a raster of classes into polygons with area, perimeter and mean confidence.")
    translate("RsDino", "Raster of class ids, one band; nodata is left out.")
    translate("RsDino", "File to write: .gpkg, .geojson, .shp, .fgb or .parquet.")
    translate("RsDino", "Raster on the same grid whose mean over each polygon is kept, in percent.")
    translate("RsDino", "Classes with right angles")
    translate("RsDino", "Ids or names, separated by commas. Empty: all.")
    translate("RsDino", "Classes")
    translate("RsDino", "Ids or names of the classes to write, separated by commas. Empty: all.")
    translate("RsDino", "Fine-tune")
    translate(
        "RsDino", "Teaches a model your own classes from images and labels, and scores it on images it has not seen."
    )
    translate("RsDino", "Images")
    translate("RsDino", "GeoTIFF, PNG or JPEG files, folders of them, or patterns such as images/*.tif.")
    translate(
        "RsDino",
        "Folder of label rasters named as the images (an ending such as _mask is fine), or a file of polygons.",
    )
    translate("RsDino", "Where the model goes; use it as a model from then on.")
    translate("RsDino", "Start from")
    translate("RsDino", "The model that is taught: an embedded model's name, or a model folder.")
    translate("RsDino", "Name")
    translate("RsDino", "Name of the new model.")
    translate("RsDino", "Class field")
    translate("RsDino", "For polygons: the field that names the class.")
    translate("RsDino", "Background class")
    translate("RsDino", "For polygons: the class of everything outside them. Empty: nothing is known there.")
    translate(
        "RsDino",
        "Names of the classes and what stands for them in the labels: a number, a list of numbers or a colour. Empty: read off the labels.",
    )
    translate("RsDino", "Ignored labels")
    translate("RsDino", 'Values or colours that say nothing, as {"values": [0]} or {"colors": [[0, 0, 0]]}.')
    translate("RsDino", "Band numbers of the images (from 1), in the order of the model's bands.")
    translate("RsDino", "Ground size of a pixel")
    translate("RsDino", "What the model is trained for. Empty: that of the images.")
    translate("RsDino", "What is trained")
    translate("RsDino", "full: the whole network. frozen: only its last part, which is faster and needs fewer labels.")
    translate("RsDino", "full")
    translate("RsDino", "frozen")
    translate("RsDino", "Epochs")
    translate("RsDino", "How often every chip is seen.")
    translate("RsDino", "Chips that are seen together.")
    translate("RsDino", "Chip size")
    translate("RsDino", "Side of the squares the model is trained on.")
    translate("RsDino", "Learning rate")
    translate("RsDino", "Of the last part of the network.")
    translate("RsDino", "Held out")
    translate("RsDino", "Share of the images that are kept to score the model on.")
    translate("RsDino", "Seed")
    translate("RsDino", "The same seed gives the same training.")
    translate("RsDino", "Recipe")
    translate("RsDino", "More settings of the training, as one document; they win over the ones above.")
    translate("RsDino", "The model folder: model.json and model.safetensors.")
    translate("RsDino", "History")
    translate("RsDino", "Loss and scores of every epoch.")
    translate("RsDino", "The area of interest {path} holds no polygon.")
    translate("RsDino", "The area of interest {path} does not exist.")
    translate("RsDino", "The area of interest {path} does not touch the raster.")
    translate("RsDino", "The area of interest does not touch the raster {raster}.")
    translate("RsDino", "The area of interest {path} cannot be read: {reason}.")
    translate("RsDino", "Bands {bands} of the raster are used, which carry the names {names}.")
    translate("RsDino", "Bands {bands} of the raster are used as {names}, by their order, as not all are named.")
    translate("RsDino", "Bands {bands} of the raster are used as {names}, as asked.")
    translate("RsDino", "{given} bands were asked for, but the model needs {wanted}: {needed}.")
    translate("RsDino", "The model needs {needed}, but the raster has no {missing} ({listed}); say which to use.")
    translate("RsDino", "The model needs {wanted} bands ({needed}), but the raster has {count}.")
    translate("RsDino", "There is no band {band}; the raster has {listed}.")
    translate("RsDino", "Memory ran out; {size} windows run together from here on.")
    translate("RsDino", "Cancelled.")
    translate("RsDino", "{path} was written on a big-endian machine and cannot be read here.")
    translate(
        "RsDino",
        "{path} was not loaded: it asks to use {name}, which weights never need and which could run a program. Nothing in the file was executed.",
    )
    translate("RsDino", "{path} is a compressed archive; torch.save never compresses, so it was not opened.")
    translate("RsDino", "{path} holds no table of weights (state_dict).")
    translate("RsDino", "{path} is {title}; this version cannot run it{instead}.")
    translate("RsDino", "{path} holds quantised weights (8 bit), which cannot be used; take the full-size file.")
    translate("RsDino", "{path} is a TorchScript program, not weights; save its state_dict() or export it to ONNX.")
    translate("RsDino", "{path} is in the format of PyTorch before 0.1.10; load and save it once with a newer PyTorch.")
    translate(
        "RsDino",
        "{path} holds weights of a network that is not known here (its first keys are {keys}). Networks that can be run come as a model folder, as ONNX, or as one of: {known}.",
    )
    translate(
        "RsDino",
        "{path} holds a whole Python model ({name}), not just weights; save its state_dict() instead. Nothing in the file was executed.",
    )
    translate("RsDino", "The confidence raster {path} lies on another grid than the labels {labels}.")
    translate("RsDino", "No pixel of {path} has a class.")
    translate("RsDino", "The polygons {path} cannot be read: {reason}.")
    translate("RsDino", "The data set file {path} cannot be used: {reason}.")
    translate("RsDino", "No training pixel has the class {name}; the model will not learn it.")
    translate("RsDino", "No validation pixel has the class {name}; its score stays empty.")
    translate("RsDino", "The polygons {path} have no field {field}. They have: {fields}.")
    translate(
        "RsDino",
        "The polygons {path} or the image {image} have no coordinate system, so they cannot be laid over each other.",
    )
    translate("RsDino", "No images were found in {path} (looked for {patterns}).")
    translate("RsDino", "No labels were found for the image {image} in {path}.")
    translate(
        "RsDino",
        "There is only one image, so training and validation share it: its chips are split into blocks, but scores will look better than they are elsewhere.",
    )
    translate("RsDino", "All labelled pixels have the same class, {name}. Training needs at least two classes.")
    translate("RsDino", "The image {image} has {image_size} pixels, but its labels {labels} have {labels_size}.")
    translate("RsDino", "The image {image} has {bands} bands; the model wants {wanted}.")
    translate(
        "RsDino",
        "The labels {path} hold more than {limit} different values; are they labels? Name the classes to use some of them.",
    )
    translate(
        "RsDino",
        "Only one image can be cut into {chips} chip(s); at least two are needed, one to train and one to validate on. Use a smaller chip size ({chip_px} px now) or add images.",
    )
    translate("RsDino", "There is no data set called {name}. Known are: {known}. A TOML file can be given too.")
    translate("RsDino", "{labels}: {share} of the pixels have values that name no class ({values}); they are ignored.")
    translate("RsDino", "This installation has no sample raster, so the demo cannot run.")
    translate("RsDino", "Using {name} ({title}), as asked.")
    translate("RsDino", "Using {name} ({title}), the fastest device found.")
    translate("RsDino", "Using the processor ({title}): no graphics card that torch can use was found.")
    translate("RsDino", "Always there.")
    translate("RsDino", "This torch ({version}) is built without support for NVIDIA cards.")
    translate("RsDino", "torch finds no NVIDIA card or driver.")
    translate("RsDino", "torch_gcu is installed but does not load: {reason}.")
    translate("RsDino", "The package torch_gcu of Enflame's TopsRider is not installed.")
    translate("RsDino", "torch_gcu finds no Enflame card.")
    translate("RsDino", "This torch ({version}) is built without support for Apple's graphics.")
    translate("RsDino", "macOS offers no graphics device that torch can use.")
    translate("RsDino", "There is no card number {index}; {count} found.")
    translate("RsDino", "torch is not installed, or does not load: {reason}.")
    translate("RsDino", "{title} is ready.")
    translate("RsDino", "The device {name} cannot be used. {reason}")
    translate("RsDino", "There is no device called {name}. Known are: {known}.")
    translate(
        "RsDino", "The disk of {folder} is full. Free some space and run again; with --resume the work done is kept."
    )
    translate("RsDino", "The results need about {needed} MB, but only {free} MB are free in {folder}.")
    translate("RsDino", "The device {device} does not compute in {dtype}. It offers: {known}.")
    translate(
        "RsDino",
        "{raster} has {gsd} m per pixel, this model was trained at {wanted} m: what it looks for may not be visible.",
    )
    translate(
        "RsDino",
        "{raster} has no coordinate system, so its pixel size is not known; it is taken as the {wanted} m this model was trained at.",
    )
    translate("RsDino", "The model {model} is complete and takes no separate head.")
    translate("RsDino", "{option}: {value} is not one of {choices}.")
    translate("RsDino", "{option}: {reason}.")
    translate("RsDino", "{option} is needed.")
    translate("RsDino", "The task {task} has no input called {name}. Known are: {known}.")
    translate("RsDino", "Something went wrong that should not have: {reason}. The log has the details: {log}.")
    translate("RsDino", "The job in {folder} is already running.")
    translate("RsDino", "The job crashed inside a library (exit code {exit_code}). The log ends with: {tail}")
    translate("RsDino", "The job ended without a word. The log ends with: {tail}")
    translate("RsDino", "The job ended without a word, with exit code {exit_code}. The log ends with: {tail}")
    translate("RsDino", "Done.")
    translate(
        "RsDino",
        "The job was ended by the system (signal {signal}); most often memory had run out. The log ends with: {tail}",
    )
    translate("RsDino", "The job never started. The log says: {tail}")
    translate(
        "RsDino", "The disk of {folder} cannot lock files, so other programs cannot see whether this job is alive."
    )
    translate("RsDino", "There is no unfinished job with the same settings in {folder}; starting from the beginning.")
    translate("RsDino", "Writing the results into {folder}.")
    translate("RsDino", "Continuing the job {job} where it stopped.")
    translate("RsDino", "Starting.")
    translate("RsDino", "The labels {path} are placed by control points only; warp them first (gdalwarp -r near).")
    translate("RsDino", "The raster {path} holds values that are not whole numbers; polygons are made of class labels.")
    translate("RsDino", "The raster {path} has {count} bands; one band of labels is needed.")
    translate("RsDino", "The labels of {path} are {dtype}; they must fit 32-bit integers.")
    translate("RsDino", "{path} is not the file that its model.json describes (its sha256 differs).")
    translate("RsDino", "The library already has a model called {name}; choose another name.")
    translate(
        "RsDino",
        "{path} is not a model: model folders and .safetensors, .pth, .pt, .ckpt, .bin and .onnx files can be read.",
    )
    translate("RsDino", "The model file {path} does not exist.{hint}")
    translate("RsDino", "The model folder {folder} has no {file}.")
    translate("RsDino", "The model folder {folder} cannot be written: {reason}.")
    translate("RsDino", "{path} does not describe a model: {reason}.")
    translate("RsDino", "{path} cannot be read: {reason}.")
    translate("RsDino", "Model: {model}. Licence: {licence}.")
    translate("RsDino", "{name} cannot be a model's name: letters, digits, dots, dashes and underscores are possible.")
    translate("RsDino", "The model {model} gave values that are not numbers.")
    translate("RsDino", "The model {model} is made for {task}, not for {wanted}.")
    translate("RsDino", "The model {model} gives {got} where its description promises {wanted}.")
    translate("RsDino", "{path} is a link that leads out of its model folder; it was not followed.")
    translate(
        "RsDino",
        "There is no model called {name}.{hint} Known are: {known}. A folder or a checkpoint file can be given too.",
    )
    translate("RsDino", "This needs the Python package {package}, which is not installed. Install it with: {command}.")
    translate("RsDino", "{sheets} rasters are read as one mosaic of {width} x {height} pixels.")
    translate("RsDino", "The rasters {first} and {path} cannot be one mosaic: only one of them has a CRS.")
    translate("RsDino", "The rasters {first} and {path} cannot be one mosaic: their {what} differ ({one}; {two}).")
    translate("RsDino", "{count} of the rasters lie on another grid than most; they are resampled onto it.")
    translate("RsDino", "The raster {path} cannot be part of a mosaic: it does not say where it lies.")
    translate("RsDino", "The model {model} describes its network {kind} in an unknown way: {reason}.")
    translate("RsDino", "The weights in {path} do not fit the network {kind}: {reason}.")
    translate("RsDino", "This version has no network called {kind}; it has {known}.")
    translate("RsDino", "{path} cannot be read or written: permission denied.")
    translate("RsDino", "{path} does not say {missing}; assumed: {assumed}. A model.json states it once and for all.")
    translate(
        "RsDino",
        "{path} is a model of type {type}; this version runs models that give every pixel a class or a value (Segmentor, Regressor).",
    )
    translate(
        "RsDino",
        "The installed onnxruntime cannot use {device} (it has {providers}); run {command}, or choose --device cpu.",
    )
    translate("RsDino", "The ONNX file {path} keeps weights in {location}, which is missing.")
    translate("RsDino", "The input of the ONNX file {path} has the shape {shape}; an image (n, bands, h, w) is needed.")
    translate("RsDino", "The ONNX file {path} has {count} inputs ({names}); models with one image input can be run.")
    translate("RsDino", "{path} was recognised as {title}.")
    translate(
        "RsDino",
        "The ONNX file {path} gives finished labels but does not say how many classes there are; add class_names to its metadata or a model.json.",
    )
    translate("RsDino", "The metadata key {key} of the ONNX file {path} cannot be read: {value}.")
    translate("RsDino", "ONNX models need onnxruntime: run {command}.")
    translate("RsDino", "The ONNX file {path} needs operators that are not part of ONNX: {names}.")
    translate("RsDino", "{path} has several outputs; {name} is used.")
    translate("RsDino", "The ONNX file {path} turns {input} into {outputs}; an output per pixel is needed.")
    translate(
        "RsDino",
        "The ONNX file {path} wants weights from {location}, which is not a file beside it; it was not opened.",
    )
    translate("RsDino", "The ONNX model {model} failed: {reason}.")
    translate("RsDino", "The ONNX file {path} cannot be used: {reason}.")
    translate("RsDino", "The ONNX model {model} takes windows of {wanted} px, not {given} px.")
    translate("RsDino", "Memory ran out. A smaller tile size or batch size needs less.")
    translate("RsDino", "The output {path} cannot be written: {reason}.")
    translate("RsDino", "{path} is open in another program, so it was left alone; the new result is {renamed}.")
    translate("RsDino", "Nothing can be written into {folder}: {reason}. Choose another output folder.")
    translate("RsDino", "A number overflowed in {dtype}; these windows were computed again in fp32.")
    translate(
        "RsDino",
        "An overlap of {overlap} pixels is more than half of a window of {window}; at most {allowed} can be used.",
    )
    translate(
        "RsDino",
        "An overlap of {overlap} pixels is too small: this model needs at least {needed}, because the outer {margin} pixels of a window are not reliable.",
    )
    translate(
        "RsDino",
        "{raster}: {windows} windows, about {minutes} min, {memory} MB of memory beside the model, {disk} MB of disk.",
    )
    translate("RsDino", "The raster {path} has no band {band}; its bands are {listed}.")
    translate("RsDino", "The raster {path} holds complex numbers; make a raster of magnitudes or phases first.")
    translate("RsDino", "The file {path} holds several rasters; name one of them: {names}.")
    translate("RsDino", "The raster {path} has no pixel with a value.")
    translate(
        "RsDino", "The raster {path} is placed by {count} ground control points only; it is straightened with them."
    )
    translate("RsDino", "{raster} was left out. {reason}")
    translate("RsDino", "The raster {path} does not exist.")
    translate("RsDino", "The raster {path} has no image band.")
    translate("RsDino", "The raster {path} has no CRS; sizes on the ground are unknown.")
    translate("RsDino", "No raster was found in {path}.")
    translate("RsDino", "The raster {path} has a colour table; its colours are used as red, green and blue.")
    translate(
        "RsDino", "The raster {path} is placed by RPCs only; it is placed at height {height} m, so hills are shifted."
    )
    translate("RsDino", "The raster {path} cannot be read: {reason}.")
    translate("RsDino", "The recipe cannot be used: {reason}.")
    translate("RsDino", "The recipe has settings that are not known: {names}. Known are: {known}.")
    translate("RsDino", "The request {path} cannot be used: {reason}.")
    translate("RsDino", "There is no request file {path}.")
    translate("RsDino", "One output a sheet needs the sheets' own grid; use it with output grid: input.")
    translate("RsDino", "Values are multiplied by {scale}, as the model expects of integers.")
    translate("RsDino", "The model needs {quantity}, but {path} holds integers of unknown scale; give stretch scale=….")
    translate("RsDino", "Values go to the model as they are.")
    translate("RsDino", "Percentiles {low} to {high} of {pixels} pixels sampled over all become 0 to 1 ({bounds}).")
    translate("RsDino", "Values from {low} to {high} become 0 to 1.")
    translate("RsDino", "Values are multiplied by {scale}.")
    translate("RsDino", "Values are scaled as the raster itself states.")
    translate("RsDino", "Values are divided by 255.")
    translate(
        "RsDino", "The stretch {wanted} is unknown: use auto, none, percentiles=2,98, range=0,300 or scale=0.001."
    )
    translate("RsDino", "Values are taken as {quantity}.")
    translate("RsDino", "There is no task called {name}. Known are: {known}.")
    translate(
        "RsDino", "There are fewer training chips ({chips}) than a batch holds ({batch}); the batch was made smaller."
    )
    translate("RsDino", "The checkpoint {path} cannot be used: {reason}.")
    translate(
        "RsDino",
        "The loss is no longer a number at epoch {epoch}, step {step}. A lower learning rate than {lr} may help.",
    )
    translate("RsDino", "Epoch {epoch} of {epochs}: loss {loss}, mIoU {miou}.")
    translate("RsDino", "Nothing of {model} fits the new model.")
    translate("RsDino", "{model} cannot be trained further: it is an ONNX model.")
    translate("RsDino", "There is no checkpoint to resume in {path}; the training starts from the beginning.")
    translate("RsDino", "Cutting {images} images into chips.")
    translate("RsDino", "Continuing at epoch {epoch}, step {step}.")
    translate(
        "RsDino",
        "A resumed training goes on with the settings it was started with; the new values of {names} are ignored. To start again from these weights with new settings, give the model as --model instead.",
    )
    translate(
        "RsDino", "Training on {train} chips, validating on {validation}; {epochs} epochs of {steps} steps on {device}."
    )
    translate("RsDino", "{loaded} of {total} weights came from {model}; the others start fresh ({reason}).")
    translate("RsDino", "The model {model} takes one window size only; scales cannot be used with it.")
    translate("RsDino", "There is no class {wanted}; the raster's classes are {known}.")
    translate("RsDino", "Writing {extension} needs the package {package}: pip install {package}.")
    translate("RsDino", "Polygons cannot be written as {path}; the endings that are known are {known}.")
    translate("RsDino", "The polygons take {gb} GB, and a Shapefile holds 2 GB: write {path} as .gpkg instead.")
    translate("RsDino", "{count} polygons were written.")
    translate("RsDino", "Making polygons of {raster}.")
    translate(
        "RsDino",
        "{path} is not the weights but a Git LFS pointer to them ({size} bytes of text); download the file itself.",
    )
    translate("RsDino", "The weights file {path} is damaged or not what its name says: {reason}.")
    translate("RsDino", "This model takes windows of exactly {fixed} pixels; a tile size of {wanted} cannot be used.")
    translate("RsDino", "{raster}: window {done} of {total}")
    translate("RsDino", "Writing {name}.")
