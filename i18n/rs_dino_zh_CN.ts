<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context><name>RsDino</name>
<message>
<source>The engine could not be started with {python}: {reason}</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>RS-DINO's engine is not installed in {python}.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The system ended the engine (signal {signal}), most often because memory ran out. Try a smaller tile size or batch size, or close other programs.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The engine stopped without a result (exit code {exit_code}).</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The engine stopped without a result.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The engine's answer cannot be understood: {reason}</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>No engine was found.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Choose the Python of the engine</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The engine runs in a Python of its own: make a virtual environment, install the engine there, and choose its python.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Python of the engine</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Used now: {python}, {reason}.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Models</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Choose a model file</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The layer “{name}” is not a raster file ({provider}). Export it to a GeoTIFF first (right-click, Export, Save As) and choose that.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The folder {folder} does not exist.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Nothing may be written into the folder {folder}.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>{path} is open elsewhere, perhaps as a layer. Choose another name, or close it first.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>{path} cannot be written, perhaps because it is open elsewhere. The result is kept at {kept}.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The result cannot be written as {suffix}. It is kept at {kept}.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Choose the Python that has it under Settings ▸ Options ▸ RS-DINO.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>RS-DINO's engine is set to {python} ({reason}), which does not exist.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Results</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The engine said that it succeeded, but the result “{name}” is missing.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>RS-DINO has no engine yet.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Engine: {python} ({reason})</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The raster {name} cannot be opened.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Raster</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>The job failed without saying why.</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>Cancelling…</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>{name}: {area} ha ({share} %)</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>from the settings</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>from the QGIS profile</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>beside the command rs-dino</source>
<translation type="unfinished"></translation>
</message>
<message>
<source>from the environment variable {name}</source>
<translation type="unfinished"></translation>
</message>
</context>
</TS>
