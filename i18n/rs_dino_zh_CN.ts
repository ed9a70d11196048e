<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context><name>RsDino</name>
<message>
<source>The layer “{name}” has no polygon.</source>
<translation>图层“{name}”中没有多边形。</translation>
</message>
<message>
<source>“{name}” cannot be written: {reason}</source>
<translation>无法写出“{name}”：{reason}</translation>
</message>
<message>
<source>The area of interest cannot be written: {reason}</source>
<translation>无法写入感兴趣区：{reason}</translation>
</message>
<message>
<source>Class</source>
<translation>类别</translation>
</message>
<message>
<source>References</source>
<translation>参考样本</translation>
</message>
<message>
<source>User's accuracy</source>
<translation>用户精度</translation>
</message>
<message>
<source>Producer's accuracy</source>
<translation>生产者精度</translation>
</message>
<message>
<source>Mapped area</source>
<translation>制图面积</translation>
</message>
<message>
<source>Estimated area</source>
<translation>估计面积</translation>
</message>
<message>
<source>pixels</source>
<translation>像元</translation>
</message>
<message>
<source>{count} references: overall accuracy {overall}.</source>
<translation>{count} 个参考样本：总体精度 {overall}。</translation>
</message>
<message>
<source>Reference height</source>
<translation>参考高度</translation>
</message>
<message>
<source>Mean error</source>
<translation>平均绝对误差</translation>
</message>
<message>
<source>Bias</source>
<translation>偏差</translation>
</message>
<message>
<source>Map ↓  Reference →</source>
<translation>分类图 ↓  参考 →</translation>
</message>
<message>
<source>{count} references: mean error {mae} m, RMSE {rmse} m, bias {bias} m, R² {r2}.</source>
<translation>{count} 个参考样本：平均绝对误差 {mae} m，均方根误差 {rmse} m，偏差 {bias} m，R² {r2}。</translation>
</message>
<message>
<source>from {low} m</source>
<translation>{low} m 及以上</translation>
</message>
<message>
<source>{low} to {high} m</source>
<translation>{low} 至 {high} m</translation>
</message>
<message>
<source>Segment</source>
<translation>语义分割</translation>
</message>
<message>
<source>Gives every pixel of a raster a class: land cover, clouds, buildings, or what your own model knows.</source>
<translation>为栅格的每个像元给出类别：土地覆盖、云、建筑物，或您自己的模型所识别的类别。</translation>
</message>
<message>
<source>Rasters</source>
<translation>栅格</translation>
</message>
<message>
<source>Georeferenced image files, folders of them, or patterns such as ortho/*.tif.</source>
<translation>带地理参考的影像文件、存放它们的文件夹，或 ortho/*.tif 这样的通配符。</translation>
</message>
<message>
<source>Output folder</source>
<translation>输出文件夹</translation>
</message>
<message>
<source>Where the results go.</source>
<translation>存放结果的位置。</translation>
</message>
<message>
<source>One mosaic</source>
<translation>作为一个镶嵌</translation>
</message>
<message>
<source>The rasters are sheets of one mosaic: one stretch, no seam at sheet edges.</source>
<translation>这些栅格是同一镶嵌的图幅：使用同一拉伸，图幅边缘没有接缝。</translation>
</message>
<message>
<source>One output a sheet</source>
<translation>每个图幅一个输出</translation>
</message>
<message>
<source>For a mosaic: cut the results along the sheets again.</source>
<translation>用于镶嵌：将结果重新按图幅裁开。</translation>
</message>
<message>
<source>Bands</source>
<translation>波段</translation>
</message>
<message>
<source>Band numbers of the raster (from 1), in the order of the model's bands.</source>
<translation>栅格的波段号（从 1 开始），按模型波段的顺序排列。</translation>
</message>
<message>
<source>Area of interest</source>
<translation>感兴趣区</translation>
</message>
<message>
<source>File of polygons, in any CRS; only windows that touch them are run, and outputs cover their bounding box.</source>
<translation>多边形文件，坐标参考系不限；只计算与其相交的窗口，输出范围为其外接矩形。</translation>
</message>
<message>
<source>Tile size</source>
<translation>分块大小</translation>
</message>
<message>
<source>Side of a window, in pixels of the model's grid. Empty: what the model recommends.</source>
<translation>窗口边长，以模型格网的像元计。留空：采用模型的建议值。</translation>
</message>
<message>
<source>Overlap</source>
<translation>重叠</translation>
</message>
<message>
<source>Shared border of windows: pixels (64), or a fraction of the tile size (0.25).</source>
<translation>相邻窗口共有的边缘：像元数（64），或分块大小的比例（0.25）。</translation>
</message>
<message>
<source>Batch size</source>
<translation>批大小</translation>
</message>
<message>
<source>Windows that run together. Empty: fits the device.</source>
<translation>一起运行的窗口数。留空：按设备自动选择。</translation>
</message>
<message>
<source>Device</source>
<translation>设备</translation>
</message>
<message>
<source>auto, cpu, cuda:0, mps, gcu:0 …</source>
<translation>auto（自动）、cpu、cuda:0、mps、gcu:0 等。</translation>
</message>
<message>
<source>Precision</source>
<translation>精度</translation>
</message>
<message>
<source>fp32 is exact; bf16 and fp16 are faster where the device has them.</source>
<translation>fp32 最精确；在设备支持时，bf16 和 fp16 更快。</translation>
</message>
<message>
<source>auto</source>
<translation>自动</translation>
</message>
<message>
<source>fp32</source>
<translation>fp32</translation>
</message>
<message>
<source>bf16</source>
<translation>bf16</translation>
</message>
<message>
<source>fp16</source>
<translation>fp16</translation>
</message>
<message>
<source>Stretch</source>
<translation>拉伸</translation>
</message>
<message>
<source>How values become what the model expects: auto, none, percentiles=2,98, range=0,3000, scale=0.0001.</source>
<translation>如何把像元值变换为模型所期望的值：auto、none、percentiles=2,98、range=0,3000、scale=0.0001。</translation>
</message>
<message>
<source>Test-time augmentation</source>
<translation>测试时增强</translation>
</message>
<message>
<source>Runs the model on turned or scaled copies and averages.</source>
<translation>在翻转、旋转或缩放后的副本上运行模型，并取平均。</translation>
</message>
<message>
<source>flips</source>
<translation>翻转</translation>
</message>
<message>
<source>rotations</source>
<translation>旋转</translation>
</message>
<message>
<source>scales</source>
<translation>缩放</translation>
</message>
<message>
<source>Input scale</source>
<translation>输入放大倍数</translation>
</message>
<message>
<source>2 shows the model everything twice as large, for small objects: finer maps, four times the work. 0.5 does the opposite.</source>
<translation>取 2 时模型看到的一切都放大一倍，适合小目标：结果更精细，计算量为四倍；取 0.5 则相反。</translation>
</message>
<message>
<source>Output grid</source>
<translation>输出格网</translation>
</message>
<message>
<source>The raster's own grid, or the grid the model works on.</source>
<translation>栅格自身的格网，或模型工作所用的格网。</translation>
</message>
<message>
<source>input</source>
<translation>输入栅格的格网</translation>
</message>
<message>
<source>model</source>
<translation>模型的格网</translation>
</message>
<message>
<source>Only check</source>
<translation>仅检查</translation>
</message>
<message>
<source>Say what would be done, and stop.</source>
<translation>说明将要做什么，然后停止。</translation>
</message>
<message>
<source>Model</source>
<translation>模型</translation>
</message>
<message>
<source>An embedded model's name, a model folder, or a checkpoint file (.pth .safetensors .onnx).</source>
<translation>内置模型的名称、模型文件夹，或检查点文件（.pth .safetensors .onnx）。</translation>
</message>
<message>
<source>Extra layers</source>
<translation>附加图层</translation>
</message>
<message>
<source>Layers that are written beside the labels.</source>
<translation>与类别图一同写出的图层。</translation>
</message>
<message>
<source>confidence</source>
<translation>置信度</translation>
</message>
<message>
<source>entropy</source>
<translation>熵</translation>
</message>
<message>
<source>probabilities</source>
<translation>概率</translation>
</message>
<message>
<source>disagreement</source>
<translation>不一致度</translation>
</message>
<message>
<source>Polygons</source>
<translation>多边形</translation>
</message>
<message>
<source>Also write the classes as polygons.</source>
<translation>同时将类别写为多边形。</translation>
</message>
<message>
<source>Polygon format</source>
<translation>多边形格式</translation>
</message>
<message>
<source>File format of the polygons.</source>
<translation>多边形的文件格式。</translation>
</message>
<message>
<source>gpkg</source>
<translation>gpkg</translation>
</message>
<message>
<source>geojson</source>
<translation>geojson</translation>
</message>
<message>
<source>shp</source>
<translation>shp</translation>
</message>
<message>
<source>fgb</source>
<translation>fgb</translation>
</message>
<message>
<source>parquet</source>
<translation>parquet</translation>
</message>
<message>
<source>Minimum area</source>
<translation>最小面积</translation>
</message>
<message>
<source>Smaller polygons are given to the neighbour with the longest common border.</source>
<translation>更小的多边形并入共用边界最长的相邻多边形。</translation>
</message>
<message>
<source>Fill holes</source>
<translation>填补孔洞</translation>
</message>
<message>
<source>What one polygon encloses is given to it up to this size; nodata never is.</source>
<translation>被一个多边形包围且不超过该面积的部分并入该多边形；无数据区域除外。</translation>
</message>
<message>
<source>Simplify</source>
<translation>简化</translation>
</message>
<message>
<source>How far simplified borders may lie from the exact ones; neighbours keep one border.</source>
<translation>简化后的边界与精确边界的最大距离；相邻多边形仍共用同一条边界。</translation>
</message>
<message>
<source>Right angles</source>
<translation>直角化</translation>
</message>
<message>
<source>Free-standing polygons get right angles, for buildings.</source>
<translation>使独立的多边形具有直角，用于建筑物。</translation>
</message>
<message>
<source>Head</source>
<translation>任务头</translation>
</message>
<message>
<source>A head that is a file of its own, for checkpoints that hold a backbone only.</source>
<translation>单独成文件的任务头，用于只含骨干网络的检查点。</translation>
</message>
<message>
<source>Labels</source>
<translation>类别标签</translation>
</message>
<message>
<source>Class ids (uint8, nodata 255) with colours and class names.</source>
<translation>类别编号（uint8，无数据值 255），带颜色和类别名称。</translation>
</message>
<message>
<source>Confidence</source>
<translation>置信度</translation>
</message>
<message>
<source>Probability of the class shown, in percent.</source>
<translation>所示类别的概率，以百分比计。</translation>
</message>
<message>
<source>Entropy</source>
<translation>熵</translation>
</message>
<message>
<source>How undecided the model is, in percent of its maximum.</source>
<translation>模型的不确定程度，以其最大值的百分比计。</translation>
</message>
<message>
<source>Probabilities</source>
<translation>概率</translation>
</message>
<message>
<source>One band a class, 0-1.</source>
<translation>每个类别一个波段，取值 0–1。</translation>
</message>
<message>
<source>Disagreement</source>
<translation>不一致度</translation>
</message>
<message>
<source>How far overlapping windows and test-time augmentations disagree, in percent.</source>
<translation>重叠窗口之间及测试时增强之间的不一致程度，以百分比计。</translation>
</message>
<message>
<source>Classes as polygons, with area, perimeter and mean confidence.</source>
<translation>类别的多边形，带面积、周长和平均置信度。</translation>
</message>
<message>
<source>Canopy height</source>
<translation>冠层高度</translation>
</message>
<message>
<source>Gives every pixel of a raster the height of the vegetation above the ground, in metres.</source>
<translation>给出栅格每个像元处植被高出地面的高度，单位为米。</translation>
</message>
<message>
<source>A canopy-height model's folder or file, or a DINOv3 backbone whose head is given apart.</source>
<translation>冠层高度模型的文件夹或文件；或 DINOv3 骨干网络，其预测头另行指定。</translation>
</message>
<message>
<source>A head that is a file of its own, such as CHMv2's, for checkpoints that hold a backbone only.</source>
<translation>单独成文件的预测头（例如 CHMv2 的），用于只含骨干网络的权重文件。</translation>
</message>
<message>
<source>Layers that are written beside the heights.</source>
<translation>与高度一同写出的图层。</translation>
</message>
<message>
<source>tree-cover</source>
<translation>树木覆盖</translation>
</message>
<message>
<source>Single trees</source>
<translation>单株树木</translation>
</message>
<message>
<source>Also find tree tops and crowns, as points and polygons with height and crown area.</source>
<translation>同时提取树顶与树冠，分别为点和多边形，带高度与树冠面积。</translation>
</message>
<message>
<source>Statistics per polygon</source>
<translation>按多边形统计</translation>
</message>
<message>
<source>Also write the polygons of the area of interest with the heights, the tree cover and the trees on each.</source>
<translation>同时输出感兴趣区的多边形，并附上每个多边形内的高度、树木覆盖率和树木数量。</translation>
</message>
<message>
<source>Tree height</source>
<translation>树高下限</translation>
</message>
<message>
<source>From this height on vegetation counts as trees, for the tree cover and for single trees.</source>
<translation>植被达到此高度即算作树木，用于树木覆盖图层和单株树木。</translation>
</message>
<message>
<source>Metres above the ground (float32, nodata -9999).</source>
<translation>高出地面的米数（float32，无数据值 -9999）。</translation>
</message>
<message>
<source>Tree cover</source>
<translation>树木覆盖</translation>
</message>
<message>
<source>1 where trees stand, 0 elsewhere, nodata 255.</source>
<translation>有树处为 1，其余为 0，无数据值 255。</translation>
</message>
<message>
<source>How far overlapping windows and test-time augmentations disagree, in metres.</source>
<translation>重叠窗口之间及测试时增强之间的不一致程度，单位为米。</translation>
</message>
<message>
<source>Tree tops</source>
<translation>树顶</translation>
</message>
<message>
<source>Points with height and crown area.</source>
<translation>带高度与树冠面积的点。</translation>
</message>
<message>
<source>Tree crowns</source>
<translation>树冠</translation>
</message>
<message>
<source>Polygons with height and crown area.</source>
<translation>带高度与树冠面积的多边形。</translation>
</message>
<message>
<source>The area of interest with heights, cover and trees.</source>
<translation>带有高度、覆盖率和树木数量的感兴趣区。</translation>
</message>
<message>
<source>Feature map</source>
<translation>特征图</translation>
</message>
<message>
<source>Shows what a DINOv3 model sees: its features' three principal components as colours.</source>
<translation>显示 DINOv3 模型所见：以颜色表示其特征的三个主成分。</translation>
</message>
<message>
<source>A backbone: a model folder, a checkpoint file of DINOv3, DINOv2 or timm, or timm:NAME.</source>
<translation>骨干网络：模型文件夹，DINOv3、DINOv2 或 timm 的权重文件，或 timm:NAME。</translation>
</message>
<message>
<source>All features</source>
<translation>全部特征</translation>
</message>
<message>
<source>Write the features themselves, one band each, one pixel a patch, instead of colours.</source>
<translation>不写颜色，而写特征本身：每个特征一个波段，每个图像块（patch）一个像元。</translation>
</message>
<message>
<source>Foreground only</source>
<translation>仅前景</translation>
</message>
<message>
<source>Leave out the background, which the first principal component of the features tells apart.</source>
<translation>去掉背景；背景由特征的第一主成分区分。</translation>
</message>
<message>
<source>Basis</source>
<translation>主成分基</translation>
</message>
<message>
<source>The pca_basis.json of an earlier run, so that colours mean the same as there.</source>
<translation>以前运行得到的 pca_basis.json，使颜色含义与那次一致。</translation>
</message>
<message>
<source>Features</source>
<translation>特征</translation>
</message>
<message>
<source>Principal components as red, green, blue (uint8, nodata 0), or all features (float32, nodata -9999).</source>
<translation>以红、绿、蓝表示的主成分（uint8，无数据值 0），或全部特征（float32，无数据值 -9999）。</translation>
</message>
<message>
<source>The axes and the scale, to be used again.</source>
<translation>坐标轴与取值范围，可再次使用。</translation>
</message>
<message>
<source>Clusters</source>
<translation>聚类</translation>
</message>
<message>
<source>Divides a raster into clusters of places that look alike to a DINOv3 model, without any label.</source>
<translation>无需任何标注，把栅格分成若干聚类：同一聚类中的地方在 DINOv3 模型看来彼此相像。</translation>
</message>
<message>
<source>Number of clusters</source>
<translation>聚类数</translation>
</message>
<message>
<source>How many clusters are looked for; with the centres of an earlier run there are as many as then.</source>
<translation>要寻找多少个聚类；若使用先前运行的聚类中心，则数目与当时相同。</translation>
</message>
<message>
<source>Centres</source>
<translation>聚类中心</translation>
</message>
<message>
<source>The cluster_centres.json of an earlier run, so that clusters mean the same as there.</source>
<translation>先前某次运行的 cluster_centres.json，使聚类的含义与那次一致。</translation>
</message>
<message>
<source>Numbers of clusters from 1 on (uint8, nodata 255), with colours.</source>
<translation>从 1 开始的聚类编号（uint8，无数据值 255），带颜色。</translation>
</message>
<message>
<source>Where the clusters lie among the features, to be used again.</source>
<translation>各聚类在特征空间中的位置，可再次使用。</translation>
</message>
<message>
<source>Find similar</source>
<translation>查找相似</translation>
</message>
<message>
<source>Shows where a raster looks like a few marked examples to a DINOv3 model, without any training.</source>
<translation>无需训练，显示栅格中哪些地方在 DINOv3 模型看来与标记的少量示例相似。</translation>
</message>
<message>
<source>Examples</source>
<translation>示例</translation>
</message>
<message>
<source>File of points or polygons, in any CRS, that mark what is looked for.</source>
<translation>标记所找目标的点或多边形文件，坐标参考系不限。</translation>
</message>
<message>
<source>Counter-examples</source>
<translation>反例</translation>
</message>
<message>
<source>File of points or polygons that mark what is taken for it wrongly.</source>
<translation>标记被误认为目标之处的点或多边形文件。</translation>
</message>
<message>
<source>Similarity</source>
<translation>相似度</translation>
</message>
<message>
<source>Cosine with the most similar example (float32, nodata -9999); with counter-examples how much it is above the cosine with the most similar of those.</source>
<translation>与最相似示例的余弦相似度（float32，无数据值 -9999）；有反例时，为它超出与最相似反例的余弦相似度的量。</translation>
</message>
<message>
<source>Several maps</source>
<translation>一次生成多种图</translation>
</message>
<message>
<source>Makes labels, heights and features of a raster in one run: models that share a DINOv3 backbone, which runs once for all of them.</source>
<translation>一次运行即得到栅格的类别标签、高度和特征：各模型共用同一 DINOv3 骨干网络，骨干网络只运行一次。</translation>
</message>
<message>
<source>Models</source>
<translation>模型（多个）</translation>
</message>
<message>
<source>Models that stand on one DINOv3 backbone: of classes, of heights, and the backbone itself for its features. Names, model folders or checkpoint files.</source>
<translation>建立在同一 DINOv3 骨干网络上的模型：分类模型、高度模型，以及用于提取特征的骨干网络本身。可填名称、模型文件夹或权重文件。</translation>
</message>
<message>
<source>A head that is a file of its own, such as CHMv2's; it belongs to the first model that is a backbone only.</source>
<translation>单独成文件的预测头（例如 CHMv2 的）；它属于第一个只含骨干网络的模型。</translation>
</message>
<message>
<source>Also show the features of the shared backbone as colours, as the models see the pixels.</source>
<translation>同时以颜色显示共用骨干网络的特征，像元的处理方式与各模型相同。</translation>
</message>
<message>
<source>Layers that are written beside the labels and the heights.</source>
<translation>除类别标签和高度之外还要写出的图层。</translation>
</message>
<message>
<source>Maps</source>
<translation>图件</translation>
</message>
<message>
<source>Whatever the models give: labels and polygons, heights and trees, features and their basis, named as by the tasks that make one of them.</source>
<translation>各模型给出的全部结果：类别标签与多边形、高度与树木、特征及其主成分基；名称与单独运行相应任务时相同。</translation>
</message>
<message>
<source>Vectorize</source>
<translation>矢量化</translation>
</message>
<message>
<source>Turns a raster of classes into polygons with area, perimeter and mean confidence.</source>
<translation>将类别栅格转为多边形，带面积、周长和平均置信度。</translation>
</message>
<message>
<source>Raster of class ids, one band; nodata is left out.</source>
<translation>类别编号栅格，单波段；无数据像元不参与。</translation>
</message>
<message>
<source>File to write: .gpkg, .geojson, .shp, .fgb or .parquet.</source>
<translation>要写出的文件：.gpkg、.geojson、.shp、.fgb 或 .parquet。</translation>
</message>
<message>
<source>Raster on the same grid whose mean over each polygon is kept, in percent; else X_confidence beside X_labels.</source>
<translation>同一格网上的栅格，记录其在每个多边形内的平均值（百分比）；未指定时，取标签 X_labels 旁边的 X_confidence。</translation>
</message>
<message>
<source>Classes with right angles</source>
<translation>直角化的类别</translation>
</message>
<message>
<source>Ids or names, separated by commas. Empty: all.</source>
<translation>编号或名称，用逗号分隔。留空：全部。</translation>
</message>
<message>
<source>Classes</source>
<translation>类别</translation>
</message>
<message>
<source>Ids or names of the classes to write, separated by commas. Empty: all.</source>
<translation>要写出的类别的编号或名称，用逗号分隔。留空：全部。</translation>
</message>
<message>
<source>Sample points</source>
<translation>抽取样本点</translation>
</message>
<message>
<source>Draws points at random in each class of a map, for you to label from imagery: references for the accuracy. They do not tell the map's class, so that it sways nobody.</source>
<translation>在分类图的每个类别中随机抽取样点，供您对照影像判读标注，作为精度评价的参考样本。样点不显示图上的类别，以免影响判读。</translation>
</message>
<message>
<source>Map of classes</source>
<translation>分类图</translation>
</message>
<message>
<source>Raster of classes, one band.</source>
<translation>类别栅格，单波段。</translation>
</message>
<message>
<source>Points</source>
<translation>点</translation>
</message>
<message>
<source>File to write: .gpkg, .geojson, .shp or .fgb.</source>
<translation>要写入的文件：.gpkg、.geojson、.shp 或 .fgb。</translation>
</message>
<message>
<source>Number of points</source>
<translation>样点数</translation>
</message>
<message>
<source>Over all classes, in proportion to their areas.</source>
<translation>所有类别的总数，按面积比例分配。</translation>
</message>
<message>
<source>At least in a class</source>
<translation>每类至少</translation>
</message>
<message>
<source>What a rare class gets all the same; 50 is good practice, with fewer than 2 there are no intervals.</source>
<translation>稀少类别也保证的样点数；通常建议 50 个，少于 2 个则无法给出置信区间。</translation>
</message>
<message>
<source>Seed</source>
<translation>随机种子</translation>
</message>
<message>
<source>The same seed draws the same points.</source>
<translation>相同的种子抽取相同的样点。</translation>
</message>
<message>
<source>Points with an empty field “class”, in an order that tells nothing.</source>
<translation>带空白“class”字段的点，排列顺序不透露类别。</translation>
</message>
<message>
<source>Accuracy</source>
<translation>精度评价</translation>
</message>
<message>
<source>Says how good a map is, from references: accuracies and areas of classes with 95 % confidence intervals (Olofsson et al. 2014), or errors of heights.</source>
<translation>用参考样本评价成果图：给出各类别的精度和面积及其 95 % 置信区间（Olofsson 等，2014），或高度的误差。</translation>
</message>
<message>
<source>Map</source>
<translation>分类图或高度图</translation>
</message>
<message>
<source>Raster of classes or of heights in metres, one band.</source>
<translation>类别栅格，或以米为单位的高度栅格，单波段。</translation>
</message>
<message>
<source>Points or polygons, in any CRS, of which the truth is known; of each polygon one pixel counts.</source>
<translation>已知真实情况的点或多边形，坐标参考系不限；每个多边形只取一个像元。</translation>
</message>
<message>
<source>Field</source>
<translation>字段</translation>
</message>
<message>
<source>The field with the true class (id, name, or name in another language) or, for heights, metres.</source>
<translation>记录真实类别的字段（编号、名称或其他语言的名称）；评价高度时为以米为单位的数值。</translation>
</message>
<message>
<source>Where the tables go.</source>
<translation>存放表格的位置。</translation>
</message>
<message>
<source>Confusion matrix</source>
<translation>混淆矩阵</translation>
</message>
<message>
<source>Of classes, also write which of them the map takes for which.</source>
<translation>评价类别时，同时输出各类别之间的混淆情况。</translation>
</message>
<message>
<source>Values</source>
<translation>栅格内容</translation>
</message>
<message>
<source>What the raster holds. auto: classes where it has names, colours or whole numbers, else heights.</source>
<translation>栅格中存放的内容。自动：有类别名称、颜色表或为整数时视为类别，否则视为高度。</translation>
</message>
<message>
<source>classes</source>
<translation>类别</translation>
</message>
<message>
<source>heights</source>
<translation>高度</translation>
</message>
<message>
<source>Strata</source>
<translation>分层</translation>
</message>
<message>
<source>Where the references were not drawn by the map's classes: raster of the strata, on the map's grid.</source>
<translation>参考样本不是按图上类别分层抽取时：与该图格网相同的分层栅格。</translation>
</message>
<message>
<source>Of the pixel that stands for a polygon.</source>
<translation>用于抽取代表多边形的像元。</translation>
</message>
<message>
<source>Per class user's and producer's accuracy, F1, IoU, mapped and estimated area, with the half width of 95 % intervals; the last row is the whole map. Of heights: mean error, bias, RMSE and R².</source>
<translation>各类别的用户精度、生产者精度、F1、IoU、制图面积和估计面积，以及 95 % 置信区间的半宽；最后一行为整幅图。评价高度时：平均绝对误差、偏差、均方根误差和 R²。</translation>
</message>
<message>
<source>The map's classes by the references' classes: numbers of references, and shares of the area in percent. Not for heights.</source>
<translation>图上类别与参考类别的对照：参考样本数，以及面积占比（百分比）。不适用于高度。</translation>
</message>
<message>
<source>Zonal table</source>
<translation>分区统计表</translation>
</message>
<message>
<source>Gives for every polygon of a layer the area of each class in it, or the statistics of the heights.</source>
<translation>对图层中的每个多边形，给出其中各类别的面积或高度的统计值。</translation>
</message>
<message>
<source>In any CRS; they may overlap. A pixel belongs to a polygon when its centre lies inside.</source>
<translation>坐标参考系不限，可以相互重叠。像元中心位于多边形内时，该像元计入该多边形。</translation>
</message>
<message>
<source>Where the layer and the table go.</source>
<translation>存放图层和表格的位置。</translation>
</message>
<message>
<source>Of heights: from this height on vegetation counts as cover.</source>
<translation>统计高度时：达到该高度的植被计入覆盖率。</translation>
</message>
<message>
<source>Table</source>
<translation>表格</translation>
</message>
<message>
<source>Also write the figures as a table without the polygons.</source>
<translation>同时输出不含多边形的统计表。</translation>
</message>
<message>
<source>Polygons with figures</source>
<translation>带统计值的多边形</translation>
</message>
<message>
<source>The polygons with their own fields and, of classes, hectares and percent of each and the largest; of heights, mean, highest, percentiles and standard deviation in metres, cover in percent, area in m².</source>
<translation>多边形保留原有字段，并附统计值。类别：各类别的公顷数、百分比及面积最大的类别；高度：以米为单位的平均值、最大值、百分位数和标准差，覆盖率（百分比）以及面积（m²）。</translation>
</message>
<message>
<source>The same figures without the polygons.</source>
<translation>同样的统计值，不含多边形。</translation>
</message>
<message>
<source>Fine-tune</source>
<translation>微调</translation>
</message>
<message>
<source>Teaches a model your own classes, or heights, from images and labels, and scores it on images it has not seen.</source>
<translation>用影像和标签让模型学会您自己的类别（或高度），并在它未见过的影像上评分。</translation>
</message>
<message>
<source>Images</source>
<translation>影像</translation>
</message>
<message>
<source>GeoTIFF, PNG or JPEG files, folders of them, or patterns such as images/*.tif.</source>
<translation>GeoTIFF、PNG 或 JPEG 文件、存放它们的文件夹，或 images/*.tif 这样的通配符。</translation>
</message>
<message>
<source>Folder of label rasters named as the images (an ending such as _mask is fine), or a file of polygons. For a model of heights: rasters of metres above ground.</source>
<translation>与影像同名的标签栅格所在的文件夹（可带 _mask 之类的后缀），或多边形文件。训练高度模型时：以米为单位的离地高度栅格。</translation>
</message>
<message>
<source>Where the model goes; use it as a model from then on.</source>
<translation>存放模型的位置；此后可将其作为模型使用。</translation>
</message>
<message>
<source>Start from</source>
<translation>起始模型</translation>
</message>
<message>
<source>The model that is taught: an embedded model's name, or a model folder.</source>
<translation>要训练的模型：内置模型的名称，或模型文件夹。</translation>
</message>
<message>
<source>Name</source>
<translation>名称</translation>
</message>
<message>
<source>Name of the new model.</source>
<translation>新模型的名称。</translation>
</message>
<message>
<source>Class field</source>
<translation>类别字段</translation>
</message>
<message>
<source>For polygons: the field that names the class.</source>
<translation>用于多边形：给出类别名称的字段。</translation>
</message>
<message>
<source>Background class</source>
<translation>背景类别</translation>
</message>
<message>
<source>For polygons: the class of everything outside them. Empty: nothing is known there.</source>
<translation>用于多边形：多边形之外的区域所属的类别。留空：这些区域未知。</translation>
</message>
<message>
<source>Names of the classes and what stands for them in the labels, as {"water": 1, "woods": [2, 3]}, or in coloured labels {"water": [0, 0, 255]}. Empty: read off the labels.</source>
<translation>类别名称及其在标签中的取值，例如 {"水体": 1, "林地": [2, 3]}；彩色标签则写作 {"水体": [0, 0, 255]}。留空：从标签中读取。</translation>
</message>
<message>
<source>Ignored labels</source>
<translation>忽略的标签</translation>
</message>
<message>
<source>Values or colours that say nothing, as {"values": [0]} or {"colors": [[0, 0, 0]]}.</source>
<translation>不表示任何类别的值或颜色，例如 {"values"： [0]} 或 {"colors"： [[0， 0， 0]]}。</translation>
</message>
<message>
<source>Band numbers of the images (from 1), in the order of the model's bands.</source>
<translation>影像的波段号（从 1 开始），按模型波段的顺序排列。</translation>
</message>
<message>
<source>Ground size of a pixel</source>
<translation>像元的地面尺寸</translation>
</message>
<message>
<source>What the model is trained for. Empty: that of the images.</source>
<translation>模型训练所针对的尺寸。留空：与影像相同。</translation>
</message>
<message>
<source>What is trained</source>
<translation>训练范围</translation>
</message>
<message>
<source>full: the whole network. frozen: only its last part, which is faster and needs fewer labels.</source>
<translation>完整：整个网络。冻结：只训练最后的部分，更快，所需标签也更少。</translation>
</message>
<message>
<source>full</source>
<translation>完整</translation>
</message>
<message>
<source>frozen</source>
<translation>冻结</translation>
</message>
<message>
<source>Epochs</source>
<translation>训练轮数</translation>
</message>
<message>
<source>How often every chip is seen.</source>
<translation>每个样本块被学习的次数。</translation>
</message>
<message>
<source>Chips that are seen together.</source>
<translation>一起学习的样本块数。</translation>
</message>
<message>
<source>Chip size</source>
<translation>样本块大小</translation>
</message>
<message>
<source>Side of the squares the model is trained on.</source>
<translation>训练所用方块的边长。</translation>
</message>
<message>
<source>Learning rate</source>
<translation>学习率</translation>
</message>
<message>
<source>Of the last part of the network.</source>
<translation>网络最后部分的学习率。</translation>
</message>
<message>
<source>Held out</source>
<translation>留出比例</translation>
</message>
<message>
<source>Share of the images that are kept to score the model on.</source>
<translation>留作模型评分的影像比例。</translation>
</message>
<message>
<source>The same seed gives the same training.</source>
<translation>相同的种子得到相同的训练。</translation>
</message>
<message>
<source>Recipe</source>
<translation>配方</translation>
</message>
<message>
<source>More settings of the training, as one document; they win over the ones above.</source>
<translation>以一个文档给出更多训练设置；它们优先于上面的设置。</translation>
</message>
<message>
<source>The model folder: model.json and model.safetensors.</source>
<translation>模型文件夹：model.json 与 model.safetensors。</translation>
</message>
<message>
<source>History</source>
<translation>训练历史</translation>
</message>
<message>
<source>Loss and scores of every epoch.</source>
<translation>每一轮的损失与得分。</translation>
</message>
<message>
<source>Comparing {count} references with {raster}.</source>
<translation>正在将 {count} 个参考样本与 {raster} 比较。</translation>
</message>
<message>
<source>Measuring the classes of {raster}.</source>
<translation>正在量算 {raster} 中各类别的面积。</translation>
</message>
<message>
<source>Intervals are of 95 % and hold where the references were drawn at random inside each class of the map, as by “sample-points”, and labelled without looking at the map.</source>
<translation>区间为 95 % 置信区间，前提是参考样本在图上每个类别内随机抽取（例如用“sample-points”），并且判读时不参看该图。</translation>
</message>
<message>
<source>Fewer than {few} references lie on {names}: the figures of such classes say little.</source>
<translation>图上 {names} 的参考样本少于 {few} 个：这些类别的数值说明不了多少问题。</translation>
</message>
<message>
<source>The map is not tied to the ground, so areas are numbers of pixels.</source>
<translation>该图没有地理参考，因此面积以像元数表示。</translation>
</message>
<message>
<source>Fewer than {fewest} references lie on {names}, so these intervals cannot be told: the class's own, that of the overall accuracy, and those of areas and producer's accuracies.</source>
<translation>图上 {names} 的参考样本少于 {fewest} 个，因此无法给出以下置信区间：该类别的用户精度、总体精度，以及各类别的面积和生产者精度。</translation>
</message>
<message>
<source>No reference lies on {names}, which takes {share} % of the map: accuracies and areas are about the rest of it.</source>
<translation>图上 {names} 没有参考样本，占全图的 {share} %：精度和面积只针对其余部分。</translation>
</message>
<message>
<source>The area of interest {path} holds no polygon.</source>
<translation>感兴趣区 {path} 中没有多边形。</translation>
</message>
<message>
<source>The area of interest {path} does not exist.</source>
<translation>感兴趣区 {path} 不存在。</translation>
</message>
<message>
<source>The area of interest does not touch the raster.</source>
<translation>感兴趣区与栅格不相交。</translation>
</message>
<message>
<source>The area of interest does not touch the raster {raster}.</source>
<translation>感兴趣区与栅格 {raster} 不相交。</translation>
</message>
<message>
<source>The area of interest {path} cannot be read: {reason}.</source>
<translation>无法读取感兴趣区 {path}：{reason}。</translation>
</message>
<message>
<source>Bands {bands} of the raster are used, which carry the names {names}.</source>
<translation>使用栅格的波段 {bands}，其名称为 {names}。</translation>
</message>
<message>
<source>Bands {bands} of the raster are used as {names}, by their order, as not all are named.</source>
<translation>栅格的波段并非都有名称，按顺序将波段 {bands} 用作 {names}。</translation>
</message>
<message>
<source>Bands {bands} of the raster are used as {names}, as asked.</source>
<translation>按要求将栅格的波段 {bands} 用作 {names}。</translation>
</message>
<message>
<source>{given} bands were asked for, but the model needs {wanted}: {needed}.</source>
<translation>指定了 {given} 个波段，但模型需要 {wanted} 个：{needed}。</translation>
</message>
<message>
<source>The model needs {needed}, but the raster has no {missing} ({listed}); say which to use.</source>
<translation>模型需要 {needed}，但栅格没有 {missing}（{listed}）；请指明使用哪些波段。</translation>
</message>
<message>
<source>The model needs {wanted} bands ({needed}), but the raster has {count}.</source>
<translation>模型需要 {wanted} 个波段（{needed}），但栅格只有 {count} 个。</translation>
</message>
<message>
<source>There is no band {band}; the raster has {listed}.</source>
<translation>没有波段 {band}；栅格具有 {listed}。</translation>
</message>
<message>
<source>{path} was made with another model; take that one, or leave the basis out.</source>
<translation>{path} 由另一个模型生成；请改用该模型，或不指定主成分基。</translation>
</message>
<message>
<source>{path} is not a basis of a feature map: {reason}.</source>
<translation>{path} 不是特征图的主成分基：{reason}。</translation>
</message>
<message>
<source>Memory ran out; {size} windows run together from here on.</source>
<translation>内存不足；此后每批运行 {size} 个窗口。</translation>
</message>
<message>
<source>Cancelled.</source>
<translation>已取消。</translation>
</message>
<message>
<source>{path} was made with another model; take that one, or leave the centres out.</source>
<translation>{path} 是用另一个模型生成的；请使用那个模型，或不指定聚类中心。</translation>
</message>
<message>
<source>{path} does not hold centres of clusters: {reason}.</source>
<translation>{path} 不包含聚类中心：{reason}。</translation>
</message>
<message>
<source>{path} was written on a big-endian machine and cannot be read here.</source>
<translation>{path} 是在大端字节序的机器上写出的，此处无法读取。</translation>
</message>
<message>
<source>{path} was not loaded: it asks to use {name}, which weights never need and which could run a program. Nothing in the file was executed.</source>
<translation>未加载 {path}：它要求使用 {name}，权重从不需要它，而它可能运行程序。文件中的任何内容都未被执行。</translation>
</message>
<message>
<source>{path} is a compressed archive; torch.save never compresses, so it was not opened.</source>
<translation>{path} 是压缩归档；torch.save 从不压缩，因此没有打开它。</translation>
</message>
<message>
<source>{path} is incomplete: {name} is missing.</source>
<translation>{path} 不完整：缺少 {name}。</translation>
</message>
<message>
<source>Only the backbone in {path} was taken: what else it holds (tensors: {count}, the first is {name}) belongs to a head that is not known here.</source>
<translation>只采用了 {path} 中的骨干网络：其余内容（{count} 个张量，第一个是 {name}）属于此处不认识的预测头。</translation>
</message>
<message>
<source>{path} is {title}, which runs as a network of timm: run {command}.</source>
<translation>{path} 是{title}，需作为 timm 的网络运行：请运行 {command}。</translation>
</message>
<message>
<source>{path} holds no table of weights (state_dict).</source>
<translation>{path} 中没有权重表（state_dict）。</translation>
</message>
<message>
<source>{path} is {title}; this version cannot run it{instead}.</source>
<translation>{path} 是 {title}；此版本无法运行它{instead}。</translation>
</message>
<message>
<source>{path} holds quantised weights (8 bit), which cannot be used; take the full-size file.</source>
<translation>{path} 含有量化权重（8 位），无法使用；请改用完整大小的文件。</translation>
</message>
<message>
<source>{path} is a TorchScript program, not weights; save its state_dict() or export it to ONNX.</source>
<translation>{path} 是 TorchScript 程序，而不是权重；请保存其 state_dict()，或导出为 ONNX。</translation>
</message>
<message>
<source>{path} is in the format of PyTorch before 0.1.10; load and save it once with a newer PyTorch.</source>
<translation>{path} 是 PyTorch 0.1.10 之前的格式；请用较新的 PyTorch 加载并重新保存一次。</translation>
</message>
<message>
<source>{path} holds weights of a network that is not known here (its first keys are {keys}). Networks that can be run come as a model folder, as ONNX, or as one of: {known}.</source>
<translation>{path} 中的权重属于此处未知的网络（开头的键为 {keys}）。可运行的网络应为模型文件夹、ONNX，或以下之一：{known}。</translation>
</message>
<message>
<source>{path} holds a whole Python model ({name}), not just weights; save its state_dict() instead. Nothing in the file was executed.</source>
<translation>{path} 中是整个 Python 模型（{name}），而不只是权重；请改为保存其 state_dict()。文件中的任何内容都未被执行。</translation>
</message>
<message>
<source>The labelled images are too small for chips of {wanted} px: chips of {chip_px} px are cut.</source>
<translation>已标注的影像太小，放不下 {wanted} 像元的样本块，改为裁切 {chip_px} 像元的样本块。</translation>
</message>
<message>
<source>Looking for {count} clusters among {cells} sampled patches.</source>
<translation>正在从 {cells} 个抽样图像块中寻找 {count} 个聚类。</translation>
</message>
<message>
<source>Only {cells} patches with valid pixels were found; that is too few for {count} clusters.</source>
<translation>只找到 {cells} 个含有效像元的图像块，不足以分成 {count} 个聚类。</translation>
</message>
<message>
<source>The mean confidence is taken from {path}, which lies beside the labels.</source>
<translation>平均置信度取自标签旁边的 {path}。</translation>
</message>
<message>
<source>The confidence raster {path} lies on another grid than the labels {labels}.</source>
<translation>置信度栅格 {path} 与类别图 {labels} 的格网不同。</translation>
</message>
<message>
<source>No pixel of {path} has a class.</source>
<translation>{path} 中没有任何像元带有类别。</translation>
</message>
<message>
<source>The polygons {path} cannot be read: {reason}.</source>
<translation>无法读取多边形 {path}：{reason}。</translation>
</message>
<message>
<source>The data set file {path} cannot be used: {reason}.</source>
<translation>无法使用数据集文件 {path}：{reason}。</translation>
</message>
<message>
<source>No training pixel has the class {name}; the model will not learn it.</source>
<translation>训练像元中没有类别 {name}；模型学不到它。</translation>
</message>
<message>
<source>No validation pixel has the class {name}; its score stays empty.</source>
<translation>验证像元中没有类别 {name}；其得分将为空。</translation>
</message>
<message>
<source>The {count} images overlap or lie close together, so training and validation share them: their chips are split into blocks, but scores will look better than they are elsewhere.</source>
<translation>这 {count} 幅影像互相重叠或距离很近，训练和验证只能共用它们：样本块按区块划分，但得分会比在其他地方看起来更好。</translation>
</message>
<message>
<source>The polygons {path} have no field {field}. They have: {fields}.</source>
<translation>多边形 {path} 没有字段 {field}。它们有：{fields}。</translation>
</message>
<message>
<source>Heights are learnt from rasters in metres, not from polygons: {path}.</source>
<translation>高度要从以米为单位的栅格中学习，不能用多边形：{path}。</translation>
</message>
<message>
<source>The polygons {path} or the image {image} have no coordinate system, so they cannot be laid over each other.</source>
<translation>多边形 {path} 或影像 {image} 没有坐标系，无法相互叠加。</translation>
</message>
<message>
<source>No images were found in {path} (looked for {patterns}).</source>
<translation>在 {path} 中没有找到影像（查找了 {patterns}）。</translation>
</message>
<message>
<source>No labels were found for the image {image} in {path}.</source>
<translation>在 {path} 中没有找到影像 {image} 的标签。</translation>
</message>
<message>
<source>There is only one image, so training and validation share it: its chips are split into blocks, but scores will look better than they are elsewhere.</source>
<translation>只有一幅影像，训练与验证共用：其样本块按区块划分，但得分会比在别处看起来更好。</translation>
</message>
<message>
<source>All labelled pixels have the same class, {name}. Training needs at least two classes.</source>
<translation>所有带标签的像元都属于同一类别 {name}。训练至少需要两个类别。</translation>
</message>
<message>
<source>The image {image} has {image_size} pixels, but its labels {labels} have {labels_size}.</source>
<translation>影像 {image} 的大小为 {image_size} 像元，而其标签 {labels} 为 {labels_size}。</translation>
</message>
<message>
<source>The image {image} has {bands} bands; the model wants {wanted}.</source>
<translation>影像 {image} 有 {bands} 个波段；模型需要 {wanted} 个。</translation>
</message>
<message>
<source>The labels {path} hold more than {limit} different values; are they labels? Name the classes to use some of them.</source>
<translation>标签 {path} 中有超过 {limit} 个不同的值；它们确实是标签吗？若要使用其中一部分，请为类别命名。</translation>
</message>
<message>
<source>Only one image can be cut into {chips} chip(s); at least two are needed, one to train and one to validate on. Use a smaller chip size ({chip_px} px now) or add images.</source>
<translation>仅有的一幅影像只能切出 {chips} 个样本块；至少需要两个，一个用于训练，一个用于验证。请减小样本块大小（当前 {chip_px} 像元）或增加影像。</translation>
</message>
<message>
<source>There is no data set called {name}. Known are: {known}. A TOML file can be given too.</source>
<translation>没有名为 {name} 的数据集。已知的有：{known}。也可以给出 TOML 文件。</translation>
</message>
<message>
<source>{labels}: {share} of the pixels have values that name no class ({values}); they are ignored.</source>
<translation>{labels}：{share} 的像元的值不对应任何类别（{values}）；已忽略。</translation>
</message>
<message>
<source>This installation has no sample raster, so the demo cannot run.</source>
<translation>此安装中没有示例栅格，因此无法运行演示。</translation>
</message>
<message>
<source>Using {name} ({title}), as asked.</source>
<translation>按要求使用 {name}（{title}）。</translation>
</message>
<message>
<source>Using {name} ({title}), the fastest device found.</source>
<translation>使用 {name}（{title}），这是找到的最快的设备。</translation>
</message>
<message>
<source>Using the processor ({title}): no graphics card that torch can use was found.</source>
<translation>使用处理器（{title}）：没有找到 torch 可用的显卡。</translation>
</message>
<message>
<source>Always there.</source>
<translation>始终可用。</translation>
</message>
<message>
<source>This torch ({version}) is built without support for NVIDIA cards.</source>
<translation>此 torch（{version}）构建时未包含对 NVIDIA 显卡的支持。</translation>
</message>
<message>
<source>torch finds no NVIDIA card or driver.</source>
<translation>torch 没有找到 NVIDIA 显卡或驱动程序。</translation>
</message>
<message>
<source>torch_gcu is installed but does not load: {reason}.</source>
<translation>已安装 torch_gcu，但无法加载：{reason}。</translation>
</message>
<message>
<source>The package torch_gcu of Enflame's TopsRider is not installed.</source>
<translation>没有安装燧原 TopsRider 的 torch_gcu 包。</translation>
</message>
<message>
<source>torch_gcu finds no Enflame card.</source>
<translation>torch_gcu 没有找到燧原加速卡。</translation>
</message>
<message>
<source>This torch ({version}) is built without support for Apple's graphics.</source>
<translation>此 torch（{version}）构建时未包含对 Apple 图形处理器的支持。</translation>
</message>
<message>
<source>macOS offers no graphics device that torch can use.</source>
<translation>macOS 没有提供 torch 可用的图形设备。</translation>
</message>
<message>
<source>There is no card number {index}; {count} found.</source>
<translation>没有编号为 {index} 的卡；找到 {count} 张。</translation>
</message>
<message>
<source>torch is not installed, or does not load: {reason}.</source>
<translation>没有安装 torch，或无法加载：{reason}。</translation>
</message>
<message>
<source>{title} is ready.</source>
<translation>{title} 已就绪。</translation>
</message>
<message>
<source>The device {name} cannot be used. {reason}</source>
<translation>无法使用设备 {name}。{reason}</translation>
</message>
<message>
<source>There is no device called {name}. Known are: {known}.</source>
<translation>没有名为 {name} 的设备。已知的有：{known}。</translation>
</message>
<message>
<source>{path} does not say on which pictures it was trained; web pictures are assumed. For satellite weights put the config.json or preprocessor_config.json that was published with it beside it.</source>
<translation>{path} 没有说明是用哪类影像训练的；现按网络图片处理。若为卫星影像权重，请把随其发布的 config.json 或 preprocessor_config.json 放在同一文件夹中。</translation>
</message>
<message>
<source>The disk of {folder} is full. Free some space and run again; with --resume the work done is kept.</source>
<translation>{folder} 所在的磁盘已满。请腾出空间后重新运行；使用 --resume 可保留已完成的工作。</translation>
</message>
<message>
<source>The results need about {needed} MB, but only {free} MB are free in {folder}.</source>
<translation>结果约需 {needed} MB，但 {folder} 中只剩 {free} MB。</translation>
</message>
<message>
<source>does not load: {reason}</source>
<translation>无法加载：{reason}</translation>
</message>
<message>
<source>{free} GB free of {total} GB, {folder}</source>
<translation>可用 {free} GB，共 {total} GB，{folder}</translation>
</message>
<message>
<source>{free} GB free of {total} GB, {folder}, which cannot be written into</source>
<translation>可用 {free} GB，共 {total} GB，{folder}，但该文件夹不可写</translation>
</message>
<message>
<source>{folder}</source>
<translation>{folder}</translation>
</message>
<message>
<source>{names}</source>
<translation>{names}</translation>
</message>
<message>
<source>none found, not even those that come with the engine: install it again</source>
<translation>未找到，连随引擎附带的模型也没有：请重新安装引擎</translation>
</message>
<message>
<source>cannot be asked: {reason}</source>
<translation>无法查询：{reason}</translation>
</message>
<message>
<source>{version}</source>
<translation>{version}</translation>
</message>
<message>
<source>Computes in {dtype} unless another precision is chosen.</source>
<translation>除非另选精度，否则以 {dtype} 计算。</translation>
</message>
<message>
<source>{count}</source>
<translation>{count}</translation>
</message>
<message>
<source>{version} on {system}, {path}</source>
<translation>{version}，{system}，{path}</translation>
</message>
<message>
<source>{version} with GDAL {gdal}</source>
<translation>{version}，含 GDAL {gdal}</translation>
</message>
<message>
<source>{free} GB free of {total} GB</source>
<translation>可用 {free} GB，共 {total} GB</translation>
</message>
<message>
<source>{version}, built for the processor</source>
<translation>{version}，处理器版本</translation>
</message>
<message>
<source>{version}, built for graphics cards ({gpu})</source>
<translation>{version}，显卡版本（{gpu}）</translation>
</message>
<message>
<source>{version} in {folder}</source>
<translation>{version}，位于 {folder}</translation>
</message>
<message>
<source>does not load ({reason}); only for models in .onnx files</source>
<translation>无法加载（{reason}）；仅 .onnx 模型需要</translation>
</message>
<message>
<source>does not load ({reason}); only for GeoParquet files</source>
<translation>无法加载（{reason}）；仅 GeoParquet 文件需要</translation>
</message>
<message>
<source>does not load ({reason}); only for tree tops and crowns</source>
<translation>无法加载（{reason}）；仅提取树顶和树冠时需要</translation>
</message>
<message>
<source>does not load ({reason}); only for further backbones</source>
<translation>无法加载（{reason}）；仅使用其他骨干网络时需要</translation>
</message>
<message>
<source>{file} as {host} sent it is not the published file (its sha256 differs); it was thrown away.</source>
<translation>{host} 发来的 {file} 不是公开发布的那个文件（sha256 不符），已丢弃。</translation>
</message>
<message>
<source>Nothing could be fetched from {host}: {reason}. Try again to go on where it stopped, or fetch the file with a browser and give its path.</source>
<translation>无法从 {host} 获取文件：{reason}。重试会从中断处继续；也可以用浏览器下载该文件，再给出其路径。</translation>
</message>
<message>
<source>There is no file at {url}.</source>
<translation>{url} 处没有文件。</translation>
</message>
<message>
<source>{host} refused access (HTTP {status}): ask for access on the model's page there and give your token in the environment variable HF_TOKEN, or take timm's copy, which needs none.</source>
<translation>{host} 拒绝访问（HTTP {status}）：请在该网站的模型页面申请访问权限，并把访问令牌放入环境变量 HF_TOKEN；或改用无需令牌的 timm 副本。</translation>
</message>
<message>
<source>The device {device} does not compute in {dtype}. It offers: {known}.</source>
<translation>设备 {device} 不能以 {dtype} 计算。它支持：{known}。</translation>
</message>
<message>
<source>The file of examples {path} holds neither a point nor a polygon.</source>
<translation>示例文件 {path} 中既没有点也没有多边形。</translation>
</message>
<message>
<source>{count} of {of} examples in {path} lie outside the rasters or on nodata; they are left out.</source>
<translation>{path} 中 {of} 个示例有 {count} 个位于栅格之外或无数据处，不予使用。</translation>
</message>
<message>
<source>Looking at the examples ({count}).</source>
<translation>正在查看示例（{count} 个）。</translation>
</message>
<message>
<source>{path} holds {count} examples; {used} of them, drawn at random, are used.</source>
<translation>{path} 含 {count} 个示例；随机抽取其中 {used} 个使用。</translation>
</message>
<message>
<source>The file of examples {path} does not exist.</source>
<translation>示例文件 {path} 不存在。</translation>
</message>
<message>
<source>All examples in {path} lie outside the rasters or on nodata; mark some on the pictures.</source>
<translation>{path} 中的示例全部位于栅格之外或无数据处；请在影像上标记示例。</translation>
</message>
<message>
<source>The file of examples {path} cannot be read: {reason}.</source>
<translation>无法读取示例文件 {path}：{reason}。</translation>
</message>
<message>
<source>Three axes of {cells} sampled patches hold {shares} of what their features vary.</source>
<translation>对 {cells} 个抽样图像块求得的三个主轴，分别占特征变化的 {shares}。</translation>
</message>
<message>
<source>Looking at a sample of the rasters, so that all of them are shown alike.</source>
<translation>正在查看各栅格的抽样，以便所有栅格采用同样的表示。</translation>
</message>
<message>
<source>Only {cells} patches with valid pixels were found; that is too few for a feature map.</source>
<translation>只找到 {cells} 个含有效像元的图像块，不足以生成特征图。</translation>
</message>
<message>
<source>{share} % of the sampled patches are taken as foreground.</source>
<translation>抽样图像块中有 {share} % 被视为前景。</translation>
</message>
<message>
<source>{path} was made without foreground only; leave out that option, or the file.</source>
<translation>{path} 生成时没有使用“仅前景”；请取消该选项，或不指定该文件。</translation>
</message>
<message>
<source>All features are written for every pixel; foreground only goes with colours.</source>
<translation>“全部特征”会为每个像元写出；“仅前景”只能与颜色一起使用。</translation>
</message>
<message>
<source>{raster} has {gsd} m per pixel, this model was trained at {wanted} m: what it looks for may not be visible.</source>
<translation>{raster} 的像元大小为 {gsd} m，而此模型按 {wanted} m 训练：它要识别的目标可能看不出来。</translation>
</message>
<message>
<source>{raster} has no coordinate system, so its pixel size is not known; it is taken as the {wanted} m this model was trained at.</source>
<translation>{raster} 没有坐标系，因此像元大小未知；将按此模型训练时的 {wanted} m 处理。</translation>
</message>
<message>
<source>The model {model} is complete and takes no separate head.</source>
<translation>模型 {model} 是完整的，不接受单独的任务头。</translation>
</message>
<message>
<source>{path} belongs to another backbone: it needs {wanted}.</source>
<translation>{path} 属于另一种骨干网络：它需要 {wanted}。</translation>
</message>
<message>
<source>{path} is not a head that is known here; CHMv2's canopy-height head is.</source>
<translation>{path} 不是此处认识的预测头；可用的是 CHMv2 的冠层高度预测头。</translation>
</message>
<message>
<source>{path} is a canopy-height head alone; give the DINOv3 ViT-L/16 satellite backbone as the model and this file as its head.</source>
<translation>{path} 只是冠层高度预测头；请以 DINOv3 ViT-L/16 卫星影像骨干网络作为模型，并把此文件指定为其预测头。</translation>
</message>
<message>
<source>{option}: {value} is not one of {choices}.</source>
<translation>{option}：{value} 不在 {choices} 之中。</translation>
</message>
<message>
<source>{option}: {reason}.</source>
<translation>{option}：{reason}。</translation>
</message>
<message>
<source>{option} is needed.</source>
<translation>必须给出 {option}。</translation>
</message>
<message>
<source>The task {task} has no input called {name}. Known are: {known}.</source>
<translation>任务 {task} 没有名为 {name} 的输入。已知的有：{known}。</translation>
</message>
<message>
<source>Something went wrong that should not have: {reason}. The log has the details: {log}.</source>
<translation>出现了不应发生的错误：{reason}。详情见日志：{log}。</translation>
</message>
<message>
<source>The job in {folder} is already running.</source>
<translation>{folder} 中的作业已在运行。</translation>
</message>
<message>
<source>The job crashed inside a library (exit code {exit_code}). The log ends with: {tail}</source>
<translation>作业在某个程序库中崩溃（退出代码 {exit_code}）。日志末尾为：{tail}</translation>
</message>
<message>
<source>The job ended without a word. The log ends with: {tail}</source>
<translation>作业没有任何说明就结束了。日志末尾为：{tail}</translation>
</message>
<message>
<source>The job ended without a word, with exit code {exit_code}. The log ends with: {tail}</source>
<translation>作业没有任何说明就结束了，退出代码 {exit_code}。日志末尾为：{tail}</translation>
</message>
<message>
<source>Done.</source>
<translation>完成。</translation>
</message>
<message>
<source>The job was ended by the system (signal {signal}); most often memory had run out. The log ends with: {tail}</source>
<translation>作业被系统终止（信号 {signal}）；最常见的原因是内存不足。日志末尾为：{tail}</translation>
</message>
<message>
<source>The job never started. The log says: {tail}</source>
<translation>作业始终没有启动。日志内容：{tail}</translation>
</message>
<message>
<source>The disk of {folder} cannot lock files, so other programs cannot see whether this job is alive.</source>
<translation>{folder} 所在的磁盘不支持文件锁，其他程序无法得知此作业是否仍在运行。</translation>
</message>
<message>
<source>There is no unfinished job with the same settings in {folder}; starting from the beginning.</source>
<translation>{folder} 中没有设置相同的未完成作业；从头开始。</translation>
</message>
<message>
<source>Writing the results into {folder}.</source>
<translation>正在将结果写入 {folder}。</translation>
</message>
<message>
<source>Continuing the job {job} where it stopped.</source>
<translation>从中断处继续作业 {job}。</translation>
</message>
<message>
<source>Starting.</source>
<translation>开始。</translation>
</message>
<message>
<source>The labels {path} are placed by control points only; warp them first (gdalwarp -r near).</source>
<translation>标签 {path} 仅由控制点定位；请先进行校正（gdalwarp -r near）。</translation>
</message>
<message>
<source>The raster {path} holds values that are not whole numbers: it is no map of classes.</source>
<translation>栅格 {path} 中的值不是整数：它不是类别图。</translation>
</message>
<message>
<source>The raster {path} has {count} bands; one band of labels is needed.</source>
<translation>栅格 {path} 有 {count} 个波段；需要单波段的标签。</translation>
</message>
<message>
<source>The labels of {path} are {dtype}; they must fit 32-bit integers.</source>
<translation>{path} 的标签类型为 {dtype}；必须能用 32 位整数表示。</translation>
</message>
<message>
<source>{model} stands under the {licence}; read it at {page} and say --accept-licence if you agree. Nothing was fetched.</source>
<translation>{model} 适用 {licence}；请在 {page} 阅读，同意则加上 --accept-licence。尚未下载任何内容。</translation>
</message>
<message>
<source>It is not stated here under which licence {model} stands; read {page} and say --accept-licence if you agree. Nothing was fetched.</source>
<translation>此处未注明 {model} 采用何种许可证；请阅读 {page}，同意后加上 --accept-licence。尚未下载任何内容。</translation>
</message>
<message>
<source>For a feature map live mode needs the basis of an earlier run (More settings, Basis), so that its colours do not change while the map moves.</source>
<translation>特征图的实时模式需要先前运行得到的主成分基（更多设置 ▸ 主成分基），这样移动地图时颜色才不会变化。</translation>
</message>
<message>
<source>Live mode has ended.</source>
<translation>实时模式已结束。</translation>
</message>
<message>
<source>Live mode had nothing to do for a while and has ended.</source>
<translation>实时模式长时间无操作，已结束。</translation>
</message>
<message>
<source>Live mode shows one raster; {count} are chosen. Choose one, or make them one mosaic.</source>
<translation>实时模式只显示一个栅格，当前选择了 {count} 个。请只选一个，或勾选“作为一个镶嵌”。</translation>
</message>
<message>
<source>Live mode is ready.</source>
<translation>实时模式已就绪。</translation>
</message>
<message>
<source>Live mode cannot show the task {task}: it shows classes, canopy height, and feature maps.</source>
<translation>实时模式不支持任务 {task}：它可以显示分类、冠层高度和特征图。</translation>
</message>
<message>
<source>{model} stands on another backbone than {first}, of another size, so one run cannot serve both; run {task} on its own with {model}.</source>
<translation>{model} 与 {first} 的骨干网络规格不同，无法一次运行；请用 {model} 单独运行 {task}。</translation>
</message>
<message>
<source>{model} takes the bands {bands}, {first} takes {first_bands}, so one run cannot serve both; run {task} on its own with {model}.</source>
<translation>{model} 使用波段 {bands}，{first} 使用 {first_bands}，无法一次运行；请用 {model} 单独运行 {task}。</translation>
</message>
<message>
<source>On {raster} {model} works at {gsd} m per pixel and {first} at {first_gsd} m, so one run cannot serve both; run {task} on its own with {model}.</source>
<translation>对于 {raster}，{model} 以每像元 {gsd} 米工作，{first} 以 {first_gsd} 米工作，无法一次运行；请用 {model} 单独运行 {task}。</translation>
</message>
<message>
<source>{model} has no DINOv3 backbone that other models could share; run {task} on its own with it.</source>
<translation>{model} 没有可与其他模型共用的 DINOv3 骨干网络；请用它单独运行 {task}。</translation>
</message>
<message>
<source>{model} and {first} normalise pixels differently ({what}: {values}, and {first_values}), so one run cannot serve both; run {task} on its own with {model}.</source>
<translation>{model} 与 {first} 的像元归一化不同（{what}：{values} 与 {first_values}），无法一次运行；请用 {model} 单独运行 {task}。</translation>
</message>
<message>
<source>{model} and {first} normalise pixels differently ({what}: {values}, and {first_values}), so one run cannot serve both; run {task} on its own with {model}, or leave out the model of features and ask for those of the shared backbone (--features).</source>
<translation>{model} 与 {first} 的像元归一化不同（{what}：{values} 与 {first_values}），无法一次运行；请用 {model} 单独运行 {task}，或去掉特征模型，改为要求输出共用骨干网络的特征（--features）。</translation>
</message>
<message>
<source>{model} is made for an overlap of {wanted} px, {first} for one of {first_wanted} px; choose an overlap for both.</source>
<translation>{model} 适用的重叠为 {wanted} 像素，{first} 为 {first_wanted} 像素；请为两者选定一个重叠值。</translation>
</message>
<message>
<source>{model} holds the backbone of {first} rounded to 16 bits; the exact one is used for both, so its results may differ a little from those it gives alone.</source>
<translation>{model} 中的骨干网络是 {first} 的骨干网络舍入为 16 位的版本；两者都使用精确的那一份，因此其结果可能与单独运行时略有不同。</translation>
</message>
<message>
<source>The backbones of {model} and {first} have different weights, so one run cannot serve both; run {task} on its own with {model}.</source>
<translation>{model} 与 {first} 的骨干网络权重不同，无法一次运行；请用 {model} 单独运行 {task}。</translation>
</message>
<message>
<source>{model} is made for windows of {wanted} px, {first} for windows of {first_wanted} px; choose a tile size for both.</source>
<translation>{model} 适用的窗口为 {wanted} 像素，{first} 为 {first_wanted} 像素；请为两者选定一个分块大小。</translation>
</message>
<message>
<source>{path} is not the file that its model.json describes (its sha256 differs).</source>
<translation>{path} 不是其 model.json 所描述的文件（sha256 不同）。</translation>
</message>
<message>
<source>The library already has a model called {name}; choose another name.</source>
<translation>模型库中已有名为 {name} 的模型；请换一个名称。</translation>
</message>
<message>
<source>{path} is not a model: model folders and .safetensors, .pth, .pt, .ckpt, .bin and .onnx files can be read.</source>
<translation>{path} 不是模型：可以读取模型文件夹以及 .safetensors、.pth、.pt、.ckpt、.bin 和 .onnx 文件。</translation>
</message>
<message>
<source>The model file {path} does not exist.{hint}</source>
<translation>模型文件 {path} 不存在。{hint}</translation>
</message>
<message>
<source>The model folder {folder} has no {file}.</source>
<translation>模型文件夹 {folder} 中没有 {file}。</translation>
</message>
<message>
<source>The folder {folder} holds several models ({files}); give the path of the one that is meant.</source>
<translation>文件夹 {folder} 中有多个模型（{files}）；请给出所需那个文件的路径。</translation>
</message>
<message>
<source>The model folder {folder} cannot be written: {reason}.</source>
<translation>无法写入模型文件夹 {folder}：{reason}。</translation>
</message>
<message>
<source>{path} does not describe a model: {reason}.</source>
<translation>{path} 没有描述模型：{reason}。</translation>
</message>
<message>
<source>{path} cannot be read: {reason}.</source>
<translation>无法读取 {path}：{reason}。</translation>
</message>
<message>
<source>Model: {model}. Licence: {licence}.</source>
<translation>模型：{model}。许可：{licence}。</translation>
</message>
<message>
<source>{name} cannot be a model's name: letters, digits, dots, dashes and underscores are possible.</source>
<translation>{name} 不能用作模型名称：可使用字母、数字、点、连字符和下划线。</translation>
</message>
<message>
<source>The model {model} gave values that are not numbers.</source>
<translation>模型 {model} 给出了非数值的结果。</translation>
</message>
<message>
<source>The model {model} is made for {task}, not for {wanted}.</source>
<translation>模型 {model} 用于 {task}，而不是 {wanted}。</translation>
</message>
<message>
<source>The model {model} gives {got} where its description promises {wanted}.</source>
<translation>模型 {model} 给出 {got}，而其描述承诺的是 {wanted}。</translation>
</message>
<message>
<source>{path} is a link that leads out of its model folder; it was not followed.</source>
<translation>{path} 是指向其模型文件夹之外的链接；没有跟随它。</translation>
</message>
<message>
<source>There is no model called {name}.{hint} Known are: {known}. A folder or a checkpoint file can be given too.</source>
<translation>没有名为 {name} 的模型。{hint} 已知的有：{known}。也可以给出文件夹或检查点文件。</translation>
</message>
<message>
<source>The folder {folder} cannot be looked into: {reason}</source>
<translation>无法查看文件夹 {folder}：{reason}</translation>
</message>
<message>
<source>This needs the Python package {package}, which is not installed. Install it with: {command}.</source>
<translation>这需要 Python 包 {package}，但没有安装。请用以下命令安装：{command}。</translation>
</message>
<message>
<source>{sheets} rasters are read as one mosaic of {width} x {height} pixels.</source>
<translation>{sheets} 个栅格已合并为一幅 {width} × {height} 像元的镶嵌影像。</translation>
</message>
<message>
<source>The rasters {first} and {path} cannot be one mosaic: only one of them has a CRS.</source>
<translation>栅格 {first} 和 {path} 不能组成镶嵌：只有其中一个有坐标参考系。</translation>
</message>
<message>
<source>The rasters {first} and {path} cannot be one mosaic: their {what} differ ({one}; {two}).</source>
<translation>栅格 {first} 和 {path} 不能组成镶嵌：二者的 {what} 不同（{one}；{two}）。</translation>
</message>
<message>
<source>{count} of the rasters lie on another grid than most; they are resampled onto it.</source>
<translation>有 {count} 个栅格与多数栅格的格网不同；将重采样到该格网。</translation>
</message>
<message>
<source>The raster {path} cannot be part of a mosaic: it does not say where it lies.</source>
<translation>栅格 {path} 不能加入镶嵌：它没有说明自己的位置。</translation>
</message>
<message>
<source>The model {model} describes its network {kind} in an unknown way: {reason}.</source>
<translation>模型 {model} 以未知的方式描述其网络 {kind}：{reason}。</translation>
</message>
<message>
<source>The weights in {path} do not fit the network {kind}: {reason}.</source>
<translation>{path} 中的权重与网络 {kind} 不符：{reason}。</translation>
</message>
<message>
<source>This version has no network called {kind}; it has {known}.</source>
<translation>此版本没有名为 {kind} 的网络；它有 {known}。</translation>
</message>
<message>
<source>{path} cannot be read or written: permission denied.</source>
<translation>无法读写 {path}：权限不足。</translation>
</message>
<message>
<source>{name} is a head without its backbone: it was kept; get {backbone}, then {name} again, and the two become one model.</source>
<translation>{name} 只是预测头，不含骨干网络：文件已保留；请先获取 {backbone}，再次获取 {name}，两者即合成一个模型。</translation>
</message>
<message>
<source>{path} is not {name}: its sha256 does not begin as that file's does.</source>
<translation>{path} 不是 {name}：其 sha256 的开头与该文件不符。</translation>
</message>
<message>
<source>{path} is not {name}: it holds {found}, not {title}.</source>
<translation>{path} 不是 {name}：其中是 {found}，而不是 {title}。</translation>
</message>
<message>
<source>{source} is neither a file here nor one of {known}. Weights can also be asked for at {page}; paste the link from the e-mail, or give the file.</source>
<translation>{source} 既不是本机文件，也不是 {known} 之一。也可以在 {page} 申请权重，然后粘贴邮件中的链接，或给出文件。</translation>
</message>
<message>
<source>No published model is called {name}; there are {known}.</source>
<translation>没有名为 {name} 的公开模型；现有 {known}。</translation>
</message>
<message>
<source>{path} does not say {missing}; assumed: {assumed}. A model.json states it once and for all.</source>
<translation>{path} 没有说明 {missing}；已假定：{assumed}。用 model.json 可以一次性写明。</translation>
</message>
<message>
<source>{path} is a model of type {type}; this version runs models that give every pixel a class or a value (Segmentor, Regressor).</source>
<translation>{path} 是 {type} 类型的模型；此版本运行为每个像元给出类别或数值的模型（Segmentor、Regressor）。</translation>
</message>
<message>
<source>The installed onnxruntime cannot use {device} (it has {providers}); run {command}, or choose --device cpu.</source>
<translation>已安装的 onnxruntime 不能使用 {device}（它有 {providers}）；请运行 {command}，或选择 --device cpu。</translation>
</message>
<message>
<source>The ONNX file {path} keeps weights in {location}, which is missing.</source>
<translation>ONNX 文件 {path} 的权重存放在 {location} 中，但该文件缺失。</translation>
</message>
<message>
<source>The input of the ONNX file {path} has the shape {shape}; an image (n, bands, h, w) is needed.</source>
<translation>ONNX 文件 {path} 的输入形状为 {shape}；需要影像（n、波段、高、宽）。</translation>
</message>
<message>
<source>The ONNX file {path} has {count} inputs ({names}); models with one image input can be run.</source>
<translation>ONNX 文件 {path} 有 {count} 个输入（{names}）；只能运行具有一个影像输入的模型。</translation>
</message>
<message>
<source>{path} was recognised as {title}.</source>
<translation>{path} 被识别为 {title}。</translation>
</message>
<message>
<source>The ONNX file {path} gives finished labels but does not say how many classes there are; add class_names to its metadata or a model.json.</source>
<translation>ONNX 文件 {path} 直接给出标签，但没有说明类别数；请在其元数据或 model.json 中加入 class_names。</translation>
</message>
<message>
<source>The metadata key {key} of the ONNX file {path} cannot be read: {value}.</source>
<translation>无法读取 ONNX 文件 {path} 的元数据键 {key}：{value}。</translation>
</message>
<message>
<source>ONNX models need onnxruntime: run {command}.</source>
<translation>ONNX 模型需要 onnxruntime：请运行 {command}。</translation>
</message>
<message>
<source>The ONNX file {path} needs operators that are not part of ONNX: {names}.</source>
<translation>ONNX 文件 {path} 需要不属于 ONNX 的算子：{names}。</translation>
</message>
<message>
<source>{path} has several outputs; {name} is used.</source>
<translation>{path} 有多个输出；使用 {name}。</translation>
</message>
<message>
<source>The ONNX file {path} turns {input} into {outputs}; an output per pixel is needed.</source>
<translation>ONNX 文件 {path} 将 {input} 变为 {outputs}；需要逐像元的输出。</translation>
</message>
<message>
<source>The ONNX file {path} wants weights from {location}, which is not a file beside it; it was not opened.</source>
<translation>ONNX 文件 {path} 要从 {location} 读取权重，而那不是与其同目录的文件；没有打开它。</translation>
</message>
<message>
<source>The ONNX model {model} failed: {reason}.</source>
<translation>ONNX 模型 {model} 运行失败：{reason}。</translation>
</message>
<message>
<source>The ONNX file {path} cannot be used: {reason}.</source>
<translation>无法使用 ONNX 文件 {path}：{reason}。</translation>
</message>
<message>
<source>The ONNX model {model} takes windows of {wanted} px, not {given} px.</source>
<translation>ONNX 模型 {model} 接受 {wanted} 像元的窗口，而不是 {given} 像元。</translation>
</message>
<message>
<source>Memory ran out. A smaller tile size or batch size needs less.</source>
<translation>内存不足。减小分块大小或批大小可降低需求。</translation>
</message>
<message>
<source>The output {path} cannot be written: {reason}.</source>
<translation>无法写出 {path}：{reason}。</translation>
</message>
<message>
<source>{path} is open in another program, so it was left alone; the new result is {renamed}.</source>
<translation>{path} 正被另一个程序打开，因此未改动；新的结果为 {renamed}。</translation>
</message>
<message>
<source>Nothing can be written into {folder}: {reason}. Choose another output folder.</source>
<translation>无法写入 {folder}：{reason}。请选择其他输出文件夹。</translation>
</message>
<message>
<source>{path} is one of the files that were read, so it was left alone; the new result is {renamed}.</source>
<translation>{path} 是本次运行读取的文件之一，因此保持不动；新结果是 {renamed}。</translation>
</message>
<message>
<source>A number overflowed in {dtype}; these windows were computed again in fp32.</source>
<translation>以 {dtype} 计算时数值溢出；这些窗口已用 fp32 重新计算。</translation>
</message>
<message>
<source>An overlap of {overlap} pixels is more than half of a window of {window}; at most {allowed} can be used.</source>
<translation>{overlap} 像元的重叠超过了窗口 {window} 的一半；最多可用 {allowed}。</translation>
</message>
<message>
<source>An overlap of {overlap} pixels is too small: this model needs at least {needed}, because the outer {margin} pixels of a window are not reliable.</source>
<translation>{overlap} 像元的重叠太小：此模型至少需要 {needed}，因为窗口最外侧的 {margin} 个像元不可靠。</translation>
</message>
<message>
<source>{raster}: windows: {windows}, about {minutes} min, {memory} MB of memory beside the model, {disk} MB of disk.</source>
<translation>{raster}：窗口 {windows} 个，约 {minutes} 分钟，除模型外需内存 {memory} MB、磁盘 {disk} MB。</translation>
</message>
<message>
<source>The raster {path} has no band {band}; its bands are {listed}.</source>
<translation>栅格 {path} 没有波段 {band}；其波段为 {listed}。</translation>
</message>
<message>
<source>The raster {path} holds complex numbers; make a raster of magnitudes or phases first.</source>
<translation>栅格 {path} 的值为复数；请先生成幅度或相位栅格。</translation>
</message>
<message>
<source>The file {path} holds several rasters; name one of them: {names}.</source>
<translation>文件 {path} 中有多个栅格；请指定其中之一：{names}。</translation>
</message>
<message>
<source>The raster {path} has no pixel with a value.</source>
<translation>栅格 {path} 中没有任何有值的像元。</translation>
</message>
<message>
<source>The raster {path} is placed by {count} ground control points only; it is straightened with them.</source>
<translation>栅格 {path} 仅由 {count} 个地面控制点定位；将用它们进行校正。</translation>
</message>
<message>
<source>{raster} was left out. {reason}</source>
<translation>已略过 {raster}。{reason}</translation>
</message>
<message>
<source>The raster {path} does not exist.</source>
<translation>栅格 {path} 不存在。</translation>
</message>
<message>
<source>The raster {path} has no image band.</source>
<translation>栅格 {path} 没有影像波段。</translation>
</message>
<message>
<source>No raster was found in {path}.</source>
<translation>在 {path} 中没有找到栅格。</translation>
</message>
<message>
<source>The raster {path} has a colour table; its colours are used as red, green and blue.</source>
<translation>栅格 {path} 带有颜色表；其颜色将用作红、绿、蓝。</translation>
</message>
<message>
<source>The raster {path} is placed by RPCs only; it is placed at height {height} m, so hills are shifted.</source>
<translation>栅格 {path} 仅由 RPC 定位；按高程 {height} m 放置，因此山地会有偏移。</translation>
</message>
<message>
<source>The raster {path} cannot be read: {reason}.</source>
<translation>无法读取栅格 {path}：{reason}。</translation>
</message>
<message>
<source>The recipe cannot be used: {reason}.</source>
<translation>无法使用该配方：{reason}。</translation>
</message>
<message>
<source>The recipe has settings that are not known: {names}. Known are: {known}.</source>
<translation>配方中有未知的设置：{names}。已知的有：{known}。</translation>
</message>
<message>
<source>The file of references {path} holds neither a point nor a polygon.</source>
<translation>参考样本文件 {path} 中既没有点，也没有多边形。</translation>
</message>
<message>
<source>{count} of {of} references lie outside the map or on nodata; they are left out.</source>
<translation>{of} 个参考样本中有 {count} 个位于图外或无数据区域，未计入。</translation>
</message>
<message>
<source>The file of references {path} does not exist.</source>
<translation>参考样本文件 {path} 不存在。</translation>
</message>
<message>
<source>The references {path} have no field {field}. They have: {fields}.</source>
<translation>参考样本 {path} 没有字段 {field}。现有字段：{fields}。</translation>
</message>
<message>
<source>{count} of {of} references lie on the map, and none of them has anything in the field {field}: fill it in first.</source>
<translation>{of} 个参考中有 {count} 个位于图上，但字段 {field} 都是空的：请先填写。</translation>
</message>
<message>
<source>No reference is left to compare the map with.</source>
<translation>没有可与该图比较的参考样本。</translation>
</message>
<message>
<source>The field {field} holds {value}; heights are numbers of metres.</source>
<translation>字段 {field} 中有“{value}”；高度应为以米为单位的数值。</translation>
</message>
<message>
<source>No reference in {path} lies on the map.</source>
<translation>{path} 中没有位于图上的参考样本。</translation>
</message>
<message>
<source>{count} of {of} references are no heights ({low} to {high} m); they are left out.</source>
<translation>{of} 个参考样本中有 {count} 个不是合理的高度（{low} 至 {high} m），未计入。</translation>
</message>
<message>
<source>Each of {count} polygons counts by one pixel drawn at random inside it: the pixels of one polygon are not independent of each other, and counting them all would make intervals far too narrow.</source>
<translation>{count} 个多边形各以其中随机抽取的一个像元计入：同一多边形内的像元并不相互独立，全部计入会使置信区间过窄。</translation>
</message>
<message>
<source>The field {field} holds {wanted}, which is no class of the map. Its classes are: {known}.</source>
<translation>字段 {field} 中的“{wanted}”不是图上的类别。图上的类别有：{known}。</translation>
</message>
<message>
<source>{count} of {of} references have nothing in the field {field}; they are left out.</source>
<translation>{of} 个参考样本中有 {count} 个的字段 {field} 为空，未计入。</translation>
</message>
<message>
<source>The file of references {path} cannot be read: {reason}.</source>
<translation>无法读取参考样本文件 {path}：{reason}。</translation>
</message>
<message>
<source>{path} is not a report of rs-dino verify: {reason}.</source>
<translation>{path} 不是 rs-dino verify 的报告：{reason}。</translation>
</message>
<message>
<source>The request {path} cannot be used: {reason}.</source>
<translation>无法使用请求 {path}：{reason}。</translation>
</message>
<message>
<source>There is no request file {path}.</source>
<translation>没有请求文件 {path}。</translation>
</message>
<message>
<source>Drawing {count} points in {classes} classes.</source>
<translation>正在 {classes} 个类别中抽取 {count} 个样点。</translation>
</message>
<message>
<source>{count} points were drawn. Fill in the field “class” from imagery, without looking at the map.</source>
<translation>已抽取 {count} 个样点。请对照影像填写“class”字段，不要参看该图。</translation>
</message>
<message>
<source>The map {path} has no pixel with a class.</source>
<translation>图 {path} 中没有带类别的像元。</translation>
</message>
<message>
<source>The class {name} has {pixels} pixels only; {drawn} points were drawn there.</source>
<translation>类别 {name} 只有 {pixels} 个像元，抽取了 {drawn} 个样点。</translation>
</message>
<message>
<source>{count} points are too few for {classes} classes with at least {least} each.</source>
<translation>{count} 个样点不足以使 {classes} 个类别各有至少 {least} 个。</translation>
</message>
<message>
<source>{raster} looks unlike the pictures that {model} was taught on: {share} % of the sampled places are darker, brighter, flatter, rougher or of other colours than those. Its results may be far off; look at bands and stretch.</source>
<translation>{raster} 与训练 {model} 所用的影像差别很大：抽样位置中有 {share} % 比训练影像更暗、更亮、更平滑、更粗糙，或颜色不同，结果可能偏差很大；请检查波段和拉伸。</translation>
</message>
<message>
<source>One output a sheet needs the sheets' own grid; use it with output grid: input.</source>
<translation>“每个图幅一个输出”需要图幅自身的格网；请与“输出格网：输入栅格的格网”一起使用。</translation>
</message>
<message>
<source>The strata {strata} lie on another grid than the map {labels}.</source>
<translation>分层栅格 {strata} 与图 {labels} 的格网不同。</translation>
</message>
<message>
<source>{raster} is stretched by its own percentiles, and what {model} measures depends on that: where the values of black and white are known, give the stretch range=low,high.</source>
<translation>{raster} 按自身的百分位拉伸，而 {model} 的测量结果取决于拉伸：如果已知黑与白对应的像元值，请将拉伸设为 range=low,high。</translation>
</message>
<message>
<source>Values are multiplied by {scale}, as the model expects of integers.</source>
<translation>按模型对整数值的要求，像元值乘以 {scale}。</translation>
</message>
<message>
<source>The model needs {quantity}, but {path} holds integers of unknown scale; give stretch scale=….</source>
<translation>模型需要 {quantity}，但 {path} 中是比例未知的整数；请给出拉伸 scale=…。</translation>
</message>
<message>
<source>Values go to the model as they are.</source>
<translation>像元值原样送入模型。</translation>
</message>
<message>
<source>Percentiles {low} to {high} of {pixels} pixels sampled over all become 0 to 1 ({bounds}).</source>
<translation>对全图抽样 {pixels} 个像元，将百分位 {low} 到 {high} 映射为 0 到 1（{bounds}）。</translation>
</message>
<message>
<source>Values from {low} to {high} become 0 to 1.</source>
<translation>{low} 到 {high} 的值映射为 0 到 1。</translation>
</message>
<message>
<source>Values are multiplied by {scale}.</source>
<translation>像元值乘以 {scale}。</translation>
</message>
<message>
<source>Values are scaled as the raster itself states.</source>
<translation>像元值按栅格自身的说明进行缩放。</translation>
</message>
<message>
<source>Values are divided by 255.</source>
<translation>像元值除以 255。</translation>
</message>
<message>
<source>All values lie within 0 to 1 and stay as they are.</source>
<translation>所有像元值都在 0 到 1 之间，保持不变。</translation>
</message>
<message>
<source>The stretch {wanted} is unknown: use auto, none, percentiles=2,98, range=0,300 or scale=0.001.</source>
<translation>未知的拉伸 {wanted}：请使用 auto、none、percentiles=2,98、range=0,300 或 scale=0.001。</translation>
</message>
<message>
<source>Values are taken as {quantity}.</source>
<translation>像元值按 {quantity} 处理。</translation>
</message>
<message>
<source>There is no task called {name}. Known are: {known}.</source>
<translation>没有名为 {name} 的任务。已知的有：{known}。</translation>
</message>
<message>
<source>timm is installed but does not load ({reason}); run {command}.</source>
<translation>timm 已安装但无法加载（{reason}）；请运行 {command}。</translation>
</message>
<message>
<source>Networks of timm need timm: run {command}.</source>
<translation>使用 timm 的网络需要安装 timm：请运行 {command}。</translation>
</message>
<message>
<source>timm's {name} is not here yet: rs-dino models get timm:{name} fetches it; or give a file or folder with the config.json that was published with it.</source>
<translation>本机还没有 timm 的 {name}：可用 rs-dino models get timm:{name} 下载；或给出权重文件或文件夹，并附上与其一同发布的 config.json。</translation>
</message>
<message>
<source>timm publishes no file of weights for {name} that can be read here.</source>
<translation>timm 没有为 {name} 发布此处可读取的权重文件。</translation>
</message>
<message>
<source>timm {version} has no network called {name}.{hint}</source>
<translation>timm {version} 中没有名为 {name} 的网络。{hint}</translation>
</message>
<message>
<source>timm's {name} cannot give maps of features: {reason}.</source>
<translation>timm 的 {name} 无法给出特征图：{reason}。</translation>
</message>
<message>
<source>There are fewer training chips ({chips}) than a batch holds ({batch}); the batch was made smaller.</source>
<translation>训练样本块（{chips}）少于批大小（{batch}）；已减小批大小。</translation>
</message>
<message>
<source>The checkpoint {path} cannot be used: {reason}.</source>
<translation>无法使用检查点 {path}：{reason}。</translation>
</message>
<message>
<source>The loss is no longer a number at epoch {epoch}, step {step}. A lower learning rate than {lr} may help.</source>
<translation>第 {epoch} 轮第 {step} 步的损失已不是数值。使用低于 {lr} 的学习率可能有帮助。</translation>
</message>
<message>
<source>Epoch {epoch} of {epochs}: loss {loss}, mIoU {miou}.</source>
<translation>第 {epoch}/{epochs} 轮：损失 {loss}，mIoU {miou}。</translation>
</message>
<message>
<source>Epoch {epoch} of {epochs}: loss {loss}, mean error {mae} m.</source>
<translation>第 {epoch}/{epochs} 轮：损失 {loss}，平均误差 {mae} m。</translation>
</message>
<message>
<source>{model} is a backbone without a head, and finetune does not put one on it yet: start from a model of classes or of heights. A model.json can name a head for a backbone (network.head), with weights for both.</source>
<translation>{model} 只有骨干网络，没有预测头，finetune 目前还不能为它加上预测头：请从分类模型或高度模型开始。可在 model.json 中为骨干网络指定预测头（network.head），并附上两者的权重。</translation>
</message>
<message>
<source>Nothing of {model} fits the new model.</source>
<translation>{model} 中没有任何内容与新模型相符。</translation>
</message>
<message>
<source>{model} cannot be trained further: it is an ONNX model.</source>
<translation>{model} 是 ONNX 模型，不能继续训练。</translation>
</message>
<message>
<source>There is no checkpoint to resume in {path}; the training starts from the beginning.</source>
<translation>{path} 中没有可继续的检查点；训练从头开始。</translation>
</message>
<message>
<source>Cutting {images} images into chips.</source>
<translation>正在将 {images} 幅影像切成样本块。</translation>
</message>
<message>
<source>Continuing at epoch {epoch}, step {step}.</source>
<translation>从第 {epoch} 轮第 {step} 步继续。</translation>
</message>
<message>
<source>A resumed training goes on with the settings it was started with; the new values of {names} are ignored. To start again from these weights with new settings, give the model as --model instead.</source>
<translation>继续训练时沿用开始时的设置；{names} 的新值被忽略。若要以新设置从这些权重重新开始，请改用 --model 给出该模型。</translation>
</message>
<message>
<source>Training on {train} chips, validating on {validation}; epochs: {epochs}, steps in each: {steps}, on {device}.</source>
<translation>用 {train} 个样本块训练，用 {validation} 个验证；共 {epochs} 轮，每轮 {steps} 步，设备为 {device}。</translation>
</message>
<message>
<source>{loaded} of {total} weights came from {model}; the others start fresh ({reason}).</source>
<translation>{total} 个权重中有 {loaded} 个来自 {model}；其余从头开始（{reason}）。</translation>
</message>
<message>
<source>Single trees cannot be told apart at {gsd} m per pixel; at most {limit} m will do.</source>
<translation>像元为 {gsd} 米时无法区分单株树木；最多为 {limit} 米。</translation>
</message>
<message>
<source>Finding trees needs the package {package}; install it beside the engine.</source>
<translation>提取单株树木需要软件包 {package}；请将其安装在引擎所在的环境中。</translation>
</message>
<message>
<source>Trees can only be found where the size of a pixel on the ground is known; this raster has no CRS.</source>
<translation>只有知道像元的地面大小才能提取单株树木；此栅格没有坐标参考系。</translation>
</message>
<message>
<source>The model {model} takes one window size only; scales cannot be used with it.</source>
<translation>模型 {model} 只接受一种窗口大小；不能对其使用缩放。</translation>
</message>
<message>
<source>{path} holds values that are not whole numbers; take it as heights instead.</source>
<translation>{path} 中的值不是整数；请改为按高度处理。</translation>
</message>
<message>
<source>{path} has {count} bands; one band of classes or heights is needed.</source>
<translation>{path} 有 {count} 个波段；需要单波段的类别或高度。</translation>
</message>
<message>
<source>There is no class {wanted}; the raster's classes are {known}.</source>
<translation>没有类别 {wanted}；栅格的类别有 {known}。</translation>
</message>
<message>
<source>Writing {extension} needs the package {package}: pip install {package}.</source>
<translation>写出 {extension} 需要包 {package}：pip install {package}。</translation>
</message>
<message>
<source>A layer cannot be written as {path}; the endings that are known are {known}.</source>
<translation>无法将图层写为 {path}；支持的扩展名有 {known}。</translation>
</message>
<message>
<source>The polygons take {gb} GB, and a Shapefile holds 2 GB: write {path} as .gpkg instead.</source>
<translation>多边形占 {gb} GB，而 Shapefile 最多 2 GB：请将 {path} 写为 .gpkg。</translation>
</message>
<message>
<source>{count} polygons were written.</source>
<translation>写出了 {count} 个多边形。</translation>
</message>
<message>
<source>Making polygons of {raster}.</source>
<translation>正在由 {raster} 生成多边形。</translation>
</message>
<message>
<source>{path} is not the weights but a Git LFS pointer to them ({size} bytes of text); download the file itself.</source>
<translation>{path} 不是权重，而是指向权重的 Git LFS 指针（{size} 字节文本）；请下载文件本身。</translation>
</message>
<message>
<source>The weights file {path} is damaged or not what its name says: {reason}.</source>
<translation>权重文件 {path} 已损坏，或与其名称不符：{reason}。</translation>
</message>
<message>
<source>This model takes windows of exactly {fixed} pixels; a tile size of {wanted} cannot be used.</source>
<translation>此模型只接受 {fixed} 像元的窗口；不能使用 {wanted} 的分块大小。</translation>
</message>
<message>
<source>{raster}: window {done} of {total}</source>
<translation>{raster}：窗口 {done}/{total}</translation>
</message>
<message>
<source>Writing {name}.</source>
<translation>正在写出 {name}。</translation>
</message>
<message>
<source>The file {path} holds no polygon.</source>
<translation>文件 {path} 中没有多边形。</translation>
</message>
<message>
<source>Measuring {count} polygons on {raster}.</source>
<translation>正在 {raster} 上统计 {count} 个多边形。</translation>
</message>
<message>
<source>The file of polygons {path} does not exist.</source>
<translation>多边形文件 {path} 不存在。</translation>
</message>
<message>
<source>“Statistics per polygon” needs polygons: give an area of interest.</source>
<translation>“按多边形统计”需要多边形：请指定感兴趣区。</translation>
</message>
<message>
<source>None of the {of} polygons in {path} lies on the raster.</source>
<translation>{path} 中的 {of} 个多边形都不在该栅格范围内。</translation>
</message>
<message>
<source>{count} of {of} polygons lie outside the raster or on nodata; their fields stay empty.</source>
<translation>{of} 个多边形中有 {count} 个位于栅格范围外或无数据区域，其字段留空。</translation>
</message>
<message>
<source>The file of polygons {path} cannot be read: {reason}.</source>
<translation>无法读取多边形文件 {path}：{reason}。</translation>
</message>
<message>
<source>The engine could not be started with {python}: {reason}</source>
<translation>无法用 {python} 启动引擎：{reason}</translation>
</message>
<message>
<source>RS-DINO's engine is not installed in {python}.</source>
<translation>{python} 中没有安装 RS-DINO 的引擎。</translation>
</message>
<message>
<source>The system ended the engine (signal {signal}), most often because memory ran out. Try a smaller tile size or batch size, or close other programs.</source>
<translation>系统终止了引擎（信号 {signal}），最常见的原因是内存不足。请尝试更小的分块大小或批大小，或关闭其他程序。</translation>
</message>
<message>
<source>The engine stopped without a result (exit code {exit_code}).</source>
<translation>引擎没有给出结果就停止了（退出代码 {exit_code}）。</translation>
</message>
<message>
<source>The engine stopped without a result.</source>
<translation>引擎没有给出结果就停止了。</translation>
</message>
<message>
<source>The job did not stop, and its process could not be ended from here.</source>
<translation>作业没有停止，也无法从这里结束它的进程。</translation>
</message>
<message>
<source>The engine's answer cannot be understood: {reason}</source>
<translation>无法理解引擎的回答：{reason}</translation>
</message>
<message>
<source>PyTorch: the build {build}, as chosen.</source>
<translation>PyTorch：按所选使用 {build} 版本。</translation>
</message>
<message>
<source>PyTorch: what the package index has, as chosen.</source>
<translation>PyTorch：按所选使用软件包索引中的版本。</translation>
</message>
<message>
<source>PyTorch for macOS: it uses the processor, and Apple's graphics where they are there.</source>
<translation>macOS 版 PyTorch：使用处理器，有 Apple 图形处理器时也会使用。</translation>
</message>
<message>
<source>PyTorch for the processor: no NVIDIA driver was found on this machine.</source>
<translation>PyTorch 处理器版本：本机未找到 NVIDIA 驱动程序。</translation>
</message>
<message>
<source>PyTorch for the processor: NVIDIA's driver is here, but it lists no card.</source>
<translation>PyTorch 处理器版本：本机有 NVIDIA 驱动程序，但没有列出任何显卡。</translation>
</message>
<message>
<source>PyTorch for the processor: the {card} is older than PyTorch's builds support.</source>
<translation>PyTorch 处理器版本：{card} 过旧，PyTorch 的发行版已不支持。</translation>
</message>
<message>
<source>PyTorch for the processor: the driver {driver} of the {card} is too old; update it, then set up again.</source>
<translation>PyTorch 处理器版本：{card} 的驱动程序 {driver} 过旧；请更新驱动后重新安装。</translation>
</message>
<message>
<source>PyTorch for the {card}: the driver {driver} runs the build {build}.</source>
<translation>适用于 {card} 的 PyTorch：驱动程序 {driver} 可运行 {build} 版本。</translation>
</message>
<message>
<source>PyTorch for the processor. There is an Enflame card: its PyTorch comes with TopsRider; to use it, choose that Python instead of making an environment.</source>
<translation>PyTorch 处理器版本。本机有燧原加速卡：其 PyTorch 随 TopsRider 提供；如要使用，请不要新建环境，而是选择那个 Python。</translation>
</message>
<message>
<source>PyTorch: {file}, from the folder of wheels.</source>
<translation>PyTorch：使用 wheel 文件夹中的 {file}。</translation>
</message>
<message>
<source>The environment is made by uv ({path}).</source>
<translation>环境由 uv 创建（{path}）。</translation>
</message>
<message>
<source>The environment is made with {python} and pip, because uv could not be had: {reason}</source>
<translation>环境由 {python} 和 pip 创建，因为无法获得 uv：{reason}</translation>
</message>
<message>
<source>The environment is made with {python} and pip.</source>
<translation>环境由 {python} 和 pip 创建。</translation>
</message>
<message>
<source>Getting uv</source>
<translation>获取 uv</translation>
</message>
<message>
<source>Making the environment</source>
<translation>创建环境</translation>
</message>
<message>
<source>Installing PyTorch, the largest part</source>
<translation>安装 PyTorch（体积最大的部分）</translation>
</message>
<message>
<source>Installing the engine and what else it needs</source>
<translation>安装引擎及其所需的其他软件包</translation>
</message>
<message>
<source>Checking whether everything works</source>
<translation>检查是否一切正常</translation>
</message>
<message>
<source>The plugin's folder has no engine to install; install the plugin again from its zip.</source>
<translation>插件文件夹中没有可安装的引擎；请用 zip 重新安装插件。</translation>
</message>
<message>
<source>{folder} is not empty and was not made by RS-DINO; choose another folder.</source>
<translation>{folder} 不为空，且不是由 RS-DINO 创建的；请选择其他文件夹。</translation>
</message>
<message>
<source>Another QGIS is setting up the engine in {folder} right now.</source>
<translation>另一个 QGIS 正在 {folder} 中安装引擎。</translation>
</message>
<message>
<source>{folder} has {free} MB free; the environment needs about {needed} MB.</source>
<translation>{folder} 可用空间为 {free} MB；环境约需 {needed} MB。</translation>
</message>
<message>
<source>{folder} cannot be written.
What the system said: {reason}</source>
<translation>无法写入 {folder}。
系统的提示：{reason}</translation>
</message>
<message>
<source>What is in {folder} cannot be replaced while it is used: end running jobs, or restart QGIS.
What the system said: {reason}</source>
<translation>{folder} 中的文件正在使用，无法替换：请结束正在运行的作业，或重启 QGIS。
系统的提示：{reason}</translation>
</message>
<message>
<source>No Python {oldest} to {newest} that can make an environment was found, and uv, which would bring one, could not be had: {reason}</source>
<translation>未找到可创建环境的 Python（{oldest} 至 {newest}），而可自带 Python 的 uv 也无法获得：{reason}</translation>
</message>
<message>
<source>{python} cannot be used: a 64-bit Python {oldest} to {newest} with venv and ssl is needed.</source>
<translation>无法使用 {python}：需要带有 venv 和 ssl 的 64 位 Python {oldest} 至 {newest}。</translation>
</message>
<message>
<source>{step}: the network did not give what is needed. Check the connection, the proxy of QGIS, or choose a mirror, then try again: packages that came whole are kept.
What the tool said: {reason}</source>
<translation>{step}：未能从网络取得所需内容。请检查网络连接和 QGIS 的代理设置，或选择镜像，然后重试：已完整下载的软件包会保留。
安装工具的提示：{reason}</translation>
</message>
<message>
<source>{step}: the other side's certificate was not accepted. Behind a company's proxy, its certificate must be known to the system.
What the tool said: {reason}</source>
<translation>{step}：对方的证书未被接受。若使用公司代理，其证书必须已安装到系统中。
安装工具的提示：{reason}</translation>
</message>
<message>
<source>{step}: no package fits this machine and Python.
What the tool said: {reason}</source>
<translation>{step}：没有适合本机和该 Python 的软件包。
安装工具的提示：{reason}</translation>
</message>
<message>
<source>{step}: the disk is full.</source>
<translation>{step}：磁盘已满。</translation>
</message>
<message>
<source>{step}: a file could not be written; it may be in use.
What the tool said: {reason}</source>
<translation>{step}：有文件无法写入，可能正在使用。
安装工具的提示：{reason}</translation>
</message>
<message>
<source>{step} did not work.
What the tool said: {reason}</source>
<translation>{step}失败。
安装工具的提示：{reason}</translation>
</message>
<message>
<source>Everything was installed, but the engine does not work.
What it said: {reason}</source>
<translation>已全部安装，但引擎无法工作。
引擎的提示：{reason}</translation>
</message>
<message>
<source>Setting up was cancelled; what was done is kept and will be gone on with.</source>
<translation>安装已取消；已完成的部分会保留，下次继续。</translation>
</message>
<message>
<source>{index} has no uv for this machine</source>
<translation>{index} 没有适合本机的 uv</translation>
</message>
<message>
<source>the uv that {index} sent is not the one it announced</source>
<translation>{index} 发来的 uv 与其公布的不一致</translation>
</message>
<message>
<source>the folder of wheels has none, and the network is not to be used</source>
<translation>wheel 文件夹中没有，且不允许使用网络</translation>
</message>
<message>
<source>{index} did not answer.
What the network said: {reason}</source>
<translation>{index} 没有响应。
网络的提示：{reason}</translation>
</message>
<message>
<source>Set it up under Settings ▸ Options ▸ RS-DINO.</source>
<translation>请在“设置 ▸ 选项 ▸ RS-DINO”中安装或设置引擎。</translation>
</message>
<message>
<source>{one} {other}</source>
<translation>{one}{other}</translation>
</message>
<message>
<source>The job's folder cannot be written: {reason}</source>
<translation>无法写入作业文件夹：{reason}</translation>
</message>
<message>
<source>“{name}” is not a file: what you chose of it is saved as a raster at {size} m per pixel first.</source>
<translation>“{name}”不是文件：先把您选定的部分存成每像元 {size} 米的栅格。</translation>
</message>
<message>
<source>“{name}” is a map service, which has no end: choose an area of it.</source>
<translation>“{name}”是地图服务，没有边界：请选择其中一个区域。</translation>
</message>
<message>
<source>The area lies beside the raster. Choose another one, or move the map there.</source>
<translation>该区域不在栅格范围内。请选择其他区域，或把地图移到栅格处。</translation>
</message>
<message>
<source>“{name}” would be {columns} × {rows} pixels here, {count} million; at most {most} million are saved at once. Choose a smaller area.</source>
<translation>“{name}”在此范围内有 {columns} × {rows} 像元，共 {count} 百万；一次最多保存 {most} 百万像元。请选择更小的区域。</translation>
</message>
<message>
<source>“{name}” would be far too large here. Choose a smaller area.</source>
<translation>“{name}”在此范围内实在太大，请选择更小的区域。</translation>
</message>
<message>
<source>The area of interest cannot be read: {path}</source>
<translation>无法读取感兴趣区：{path}</translation>
</message>
<message>
<source>The area cannot be brought into the coordinates of “{name}”.</source>
<translation>无法把该区域换算到“{name}”的坐标系。</translation>
</message>
<message>
<source>all</source>
<translation>全部</translation>
</message>
<message>
<source>total</source>
<translation>合计</translation>
</message>
<message>
<source>Area (%)</source>
<translation>面积 (%)</translation>
</message>
<message>
<source>Known area (ha)</source>
<translation>有效面积 (ha)</translation>
</message>
<message>
<source>Known area (pixels)</source>
<translation>有效面积（像元）</translation>
</message>
<message>
<source>Largest class</source>
<translation>最大类别</translation>
</message>
<message>
<source>Mean height (m)</source>
<translation>平均高度 (m)</translation>
</message>
<message>
<source>Highest (m)</source>
<translation>最大高度 (m)</translation>
</message>
<message>
<source>25th percentile (m)</source>
<translation>第 25 百分位数 (m)</translation>
</message>
<message>
<source>Median (m)</source>
<translation>中位数 (m)</translation>
</message>
<message>
<source>75th percentile (m)</source>
<translation>第 75 百分位数 (m)</translation>
</message>
<message>
<source>95th percentile (m)</source>
<translation>第 95 百分位数 (m)</translation>
</message>
<message>
<source>Standard deviation (m)</source>
<translation>标准差 (m)</translation>
</message>
<message>
<source>Tree cover (%)</source>
<translation>树木覆盖率 (%)</translation>
</message>
<message>
<source>Area (m²)</source>
<translation>面积 (m²)</translation>
</message>
<message>
<source>Trees</source>
<translation>树木株数</translation>
</message>
<message>
<source>Trees per hectare</source>
<translation>每公顷株数</translation>
</message>
<message>
<source>Class number</source>
<translation>类别编号</translation>
</message>
<message>
<source>References on the map's class</source>
<translation>图上该类的参考样本数</translation>
</message>
<message>
<source>References of the class</source>
<translation>该类的参考样本数</translation>
</message>
<message>
<source>User's accuracy ±</source>
<translation>用户精度 ±</translation>
</message>
<message>
<source>Producer's accuracy ±</source>
<translation>生产者精度 ±</translation>
</message>
<message>
<source>Mapped area (ha)</source>
<translation>制图面积 (ha)</translation>
</message>
<message>
<source>Mapped area (pixels)</source>
<translation>制图面积（像元）</translation>
</message>
<message>
<source>Mapped area (%)</source>
<translation>制图面积 (%)</translation>
</message>
<message>
<source>Estimated area (ha)</source>
<translation>估计面积 (ha)</translation>
</message>
<message>
<source>Estimated area (pixels)</source>
<translation>估计面积（像元）</translation>
</message>
<message>
<source>Estimated area ±</source>
<translation>估计面积 ±</translation>
</message>
<message>
<source>Overall accuracy</source>
<translation>总体精度</translation>
</message>
<message>
<source>Overall accuracy ±</source>
<translation>总体精度 ±</translation>
</message>
<message>
<source>Figures</source>
<translation>数值</translation>
</message>
<message>
<source>Class on the map</source>
<translation>图上类别</translation>
</message>
<message>
<source>Mean error (m)</source>
<translation>平均绝对误差 (m)</translation>
</message>
<message>
<source>Bias (m)</source>
<translation>偏差 (m)</translation>
</message>
<message>
<source>{name} ({unit})</source>
<translation>{name} ({unit})</translation>
</message>
<message>
<source>“{name}” cannot be opened: its server does not answer, or it is gone.</source>
<translation>无法打开“{name}”：服务器没有响应，或数据已不存在。</translation>
</message>
<message>
<source>± is half a 95 % confidence interval. It holds where the references were drawn at random inside each class of the map (see “Sample points”), and labelled without looking at the map.</source>
<translation>± 为 95 % 置信区间的半宽。前提是参考样本在图上每个类别内随机抽取（见“抽取样本点”），并且判读时不参看该图。</translation>
</message>
<message>
<source>&amp;Copy</source>
<translation>复制(&amp;C)</translation>
</message>
<message>
<source>&amp;Save as CSV…</source>
<translation>另存为 CSV(&amp;S)…</translation>
</message>
<message>
<source>Save as CSV</source>
<translation>另存为 CSV</translation>
</message>
<message>
<source>Accuracy: {name}</source>
<translation>精度评价：{name}</translation>
</message>
<message>
<source>{path} cannot be written: {reason}.</source>
<translation>无法写入 {path}：{reason}。</translation>
</message>
<message>
<source>Show table</source>
<translation>查看表格</translation>
</message>
<message>
<source>Choose a file or a folder</source>
<translation>选择文件或文件夹</translation>
</message>
<message>
<source>Choose a file</source>
<translation>选择文件</translation>
</message>
<message>
<source>Choose a folder</source>
<translation>选择文件夹</translation>
</message>
<message>
<source>Choose a file…</source>
<translation>选择文件…</translation>
</message>
<message>
<source>Choose a folder…</source>
<translation>选择文件夹…</translation>
</message>
<message>
<source>The job failed without saying why.</source>
<translation>作业失败，没有说明原因。</translation>
</message>
<message>
<source>Find a class</source>
<translation>查找类别</translation>
</message>
<message>
<source>{name} (key {key})</source>
<translation>{name}（按键 {key}）</translation>
</message>
<message>
<source>Corrections of {name}</source>
<translation>复核标注 · {name}</translation>
</message>
<message>
<source>&amp;Delete</source>
<translation>删除(&amp;D)</translation>
</message>
<message>
<source>Delete this job and its results?</source>
<translation>删除该作业及其结果？</translation>
</message>
<message>
<source>Results of this job are open as layers ({names}). Remove those from the project first.</source>
<translation>该作业的结果正作为图层打开（{names}）。请先从工程中移除这些图层。</translation>
</message>
<message>
<source>Delete this job? Its results stay in {folder}</source>
<translation>删除该作业？其结果仍保留在 {folder}</translation>
</message>
<message>
<source>Delete a model</source>
<translation>删除模型</translation>
</message>
<message>
<source>{path} cannot be deleted, perhaps because it is in use: {reason}</source>
<translation>无法删除 {path}，可能正在使用：{reason}</translation>
</message>
<message>
<source>Delete the model “{title}”? Results that it made stay.</source>
<translation>删除模型“{title}”？用它得到的结果会保留。</translation>
</message>
<message>
<source>“{title}” is not in the library any more.</source>
<translation>“{title}”已不在模型库中。</translation>
</message>
<message>
<source>RS-DINO dock</source>
<translation>RS-DINO 面板</translation>
</message>
<message>
<source>Make maps of rasters with RS-DINO</source>
<translation>用 RS-DINO 把栅格变成地图</translation>
</message>
<message>
<source>Run</source>
<translation>运行</translation>
</message>
<message>
<source>Jobs</source>
<translation>作业</translation>
</message>
<message>
<source>Review</source>
<translation>复核</translation>
</message>
<message>
<source>The results of this job are not there any more.</source>
<translation>该作业的结果已不存在。</translation>
</message>
<message>
<source>The task {task} is not one of the dock's.</source>
<translation>面板不支持任务 {task}。</translation>
</message>
<message>
<source>{title}: done.</source>
<translation>“{title}”已完成。</translation>
</message>
<message>
<source>{title}: done; it went on without QGIS.</source>
<translation>“{title}”已完成（QGIS 关闭期间仍在运行）。</translation>
</message>
<message>
<source>Open result</source>
<translation>打开结果</translation>
</message>
<message>
<source>Processor</source>
<translation>处理器</translation>
</message>
<message>
<source>NVIDIA card</source>
<translation>NVIDIA 显卡</translation>
</message>
<message>
<source>Apple graphics</source>
<translation>Apple 图形处理器</translation>
</message>
<message>
<source>Enflame card</source>
<translation>燧原加速卡</translation>
</message>
<message>
<source>Will be used</source>
<translation>将使用</translation>
</message>
<message>
<source>Memory</source>
<translation>内存</translation>
</message>
<message>
<source>Home disk</source>
<translation>主目录所在磁盘</translation>
</message>
<message>
<source>Temporary disk</source>
<translation>临时目录所在磁盘</translation>
</message>
<message>
<source>Processor cores</source>
<translation>处理器核心数</translation>
</message>
<message>
<source>Models found</source>
<translation>可用模型</translation>
</message>
<message>
<source>Imported models</source>
<translation>已导入的模型</translation>
</message>
<message>
<source>Devices</source>
<translation>设备</translation>
</message>
<message>
<source>How it is</source>
<translation>引擎状态</translation>
</message>
<message>
<source>For a bug ticket: without your name, your home folder and passwords.</source>
<translation>用于提交问题：不含您的用户名、主目录和密码。</translation>
</message>
<message>
<source>Asking the engine…</source>
<translation>正在查询引擎…</translation>
</message>
<message>
<source>Checking RS-DINO's engine</source>
<translation>检查 RS-DINO 引擎</translation>
</message>
<message>
<source>Everything that is needed is there.</source>
<translation>所需的一切均已就绪。</translation>
</message>
<message>
<source>Something essential is missing.</source>
<translation>缺少必要的组件。</translation>
</message>
<message>
<source>The {card} is not used, because this PyTorch is built without NVIDIA: set up with PyTorch for it.</source>
<translation>未使用 {card}，因为当前的 PyTorch 不支持 NVIDIA：请安装支持它的 PyTorch 版本。</translation>
</message>
<message>
<source>Check again</source>
<translation>重新检查</translation>
</message>
<message>
<source>Copy report</source>
<translation>复制报告</translation>
</message>
<message>
<source>To install the engine into this Python: {command}</source>
<translation>要把引擎安装到这个 Python 中：{command}</translation>
</message>
<message>
<source>Copied: paste it where you report the problem.</source>
<translation>已复制，可粘贴到问题报告中。</translation>
</message>
<message>
<source>Used now: {python}, {reason}.</source>
<translation>当前使用：{python}，{reason}。</translation>
</message>
<message>
<source>Checking was cancelled.</source>
<translation>检查已取消。</translation>
</message>
<message>
<source>Set the engine up again: {names} cannot be used.</source>
<translation>请重新安装引擎：{names} 无法使用。</translation>
</message>
<message>
<source>Memory is short: close other programs before a run.</source>
<translation>内存不足：运行前请关闭其他程序。</translation>
</message>
<message>
<source>The {card} is there, but PyTorch does not reach it: update its driver.</source>
<translation>本机有 {card}，但 PyTorch 无法使用它：请更新驱动程序。</translation>
</message>
<message>
<source>Room on the disk is short: results may not fit.</source>
<translation>磁盘空间不足：结果可能放不下。</translation>
</message>
<message>
<source>Installed. One thing is left to do: set up the engine that its models run in.</source>
<translation>已安装。还差一步：安装运行模型的引擎。</translation>
</message>
<message>
<source>Set up…</source>
<translation>安装…</translation>
</message>
<message>
<source>Get a model</source>
<translation>获取模型</translation>
</message>
<message>
<source>The link that Meta sent by e-mail</source>
<translation>Meta 用电子邮件发来的链接</translation>
</message>
<message>
<source>A file on this machine</source>
<translation>本机上的文件</translation>
</message>
<message>
<source>Keep it in QGIS's authentication database</source>
<translation>保存到 QGIS 的身份验证数据库</translation>
</message>
<message>
<source>Get</source>
<translation>获取</translation>
</message>
<message>
<source>Cancel</source>
<translation>取消</translation>
</message>
<message>
<source>Ask for access on the model's page, then make a token that may read: {page}</source>
<translation>请先在模型页面申请访问权限，再创建具有读取权限的令牌：{page}</translation>
</message>
<message>
<source>Meta sends links when its form is filled in: {page}</source>
<translation>填写 Meta 的表单后会收到链接：{page}</translation>
</message>
<message>
<source>the stored one</source>
<translation>使用已保存的令牌</translation>
</message>
<message>
<source>I have read the {licence} and accept it</source>
<translation>我已阅读并接受 {licence}</translation>
</message>
<message>
<source>From</source>
<translation>来源</translation>
</message>
<message>
<source>Link</source>
<translation>链接</translation>
</message>
<message>
<source>File</source>
<translation>文件</translation>
</message>
<message>
<source>Token</source>
<translation>令牌</translation>
</message>
<message>
<source>Open res&amp;ult</source>
<translation>打开结果(&amp;U)</translation>
</message>
<message>
<source>Run &amp;again</source>
<translation>再次运行(&amp;A)</translation>
</message>
<message>
<source>Ca&amp;ncel</source>
<translation>取消(&amp;N)</translation>
</message>
<message>
<source>Resume</source>
<translation>继续</translation>
</message>
<message>
<source>Lo&amp;g</source>
<translation>日志(&amp;G)</translation>
</message>
<message>
<source>Dele&amp;te…</source>
<translation>删除(&amp;T)…</translation>
</message>
<message>
<source>Job</source>
<translation>作业</translation>
</message>
<message>
<source>State</source>
<translation>状态</translation>
</message>
<message>
<source>Start now</source>
<translation>立即开始</translation>
</message>
<message>
<source>The log is empty.</source>
<translation>日志为空。</translation>
</message>
<message>
<source>The engine's log, as it stands in a bug report:</source>
<translation>引擎日志（报告问题时请附上，原文为英文）：</translation>
</message>
<message>
<source>{task}: {raster}</source>
<translation>{task}：{raster}</translation>
</message>
<message>
<source>stopping</source>
<translation>正在停止</translation>
</message>
<message>
<source>waiting</source>
<translation>等待中</translation>
</message>
<message>
<source>starting</source>
<translation>正在启动</translation>
</message>
<message>
<source>done</source>
<translation>已完成</translation>
</message>
<message>
<source>failed</source>
<translation>失败</translation>
</message>
<message>
<source>cancelled</source>
<translation>已取消</translation>
</message>
<message>
<source>It begins when the job before it has ended.</source>
<translation>前一个作业结束后开始。</translation>
</message>
<message>
<source>{hours} h {minutes} min</source>
<translation>{hours} 小时 {minutes} 分钟</translation>
</message>
<message>
<source>{raster} (mosaic of {count})</source>
<translation>{raster} 等 {count} 幅（镶嵌）</translation>
</message>
<message>
<source>{task}: {raster} and {count} more</source>
<translation>{task}：{raster} 及另外 {count} 个</translation>
</message>
<message>
<source>part of it</source>
<translation>部分区域</translation>
</message>
<message>
<source>{percent} %</source>
<translation>{percent}%</translation>
</message>
<message>
<source>Started {when}</source>
<translation>开始于 {when}</translation>
</message>
<message>
<source>{count} s</source>
<translation>{count} 秒</translation>
</message>
<message>
<source>{count} min</source>
<translation>{count} 分钟</translation>
</message>
<message>
<source>About {time} left.</source>
<translation>大约还需 {time}。</translation>
</message>
<message>
<source>Note: {text}</source>
<translation>注意：{text}</translation>
</message>
<message>
<source>L&amp;ive</source>
<translation>实时(&amp;I)</translation>
</message>
<message>
<source>Show the result for what the map shows, while you move the map</source>
<translation>移动地图时，实时显示当前地图范围的结果</translation>
</message>
<message>
<source>&amp;Keep as a run</source>
<translation>保留为正式运行(&amp;K)</translation>
</message>
<message>
<source>Starts the ordinary run of what the map shows now, with the same settings; its layers are kept</source>
<translation>用相同的设置对地图当前显示的范围进行正式运行；生成的图层会保留</translation>
</message>
<message>
<source>Live: {model}</source>
<translation>实时 · {model}</translation>
</message>
<message>
<source>What live mode has made cannot be opened: {path}</source>
<translation>无法打开实时模式生成的文件：{path}</translation>
</message>
<message>
<source>Starting…</source>
<translation>正在启动…</translation>
</message>
<message>
<source>Live mode is off: its layer was removed.</source>
<translation>实时模式已关闭：其图层已被移除。</translation>
</message>
<message>
<source>Live mode is off: the project was closed.</source>
<translation>实时模式已关闭：工程已关闭。</translation>
</message>
<message>
<source>Resting; it goes on when the map is moved.</source>
<translation>已休眠；移动地图即可继续。</translation>
</message>
<message>
<source>The map does not show the raster.</source>
<translation>地图当前范围内没有该栅格。</translation>
</message>
<message>
<source>Live mode is off: the engine does not answer.</source>
<translation>实时模式已关闭：引擎没有响应。</translation>
</message>
<message>
<source>Live mode is off: this engine is older than the plugin and does not know live mode. Renew it under Settings ▸ Options ▸ RS-DINO.</source>
<translation>实时模式已关闭：此引擎比插件旧，不支持实时模式。请在“设置 ▸ 选项 ▸ RS-DINO”中更新引擎。</translation>
</message>
<message>
<source>Up to date</source>
<translation>已是最新</translation>
</message>
<message>
<source>Zoom in: the map shows {shown} m per pixel; this model sees {gsd} m, and live mode goes up to {most} m.</source>
<translation>请放大地图：当前地图每像素 {shown} 米；该模型的分辨率为 {gsd} 米，实时模式最粗支持 {most} 米。</translation>
</message>
<message>
<source>Zoom in: what the map shows takes about {seconds} s ({windows} windows), too long for live mode.</source>
<translation>请放大地图：当前范围约需 {seconds} 秒（{windows} 个窗口），超出实时模式的限度。</translation>
</message>
<message>
<source>Zoom in: at this scale the map shows too little of what the model sees.</source>
<translation>请放大地图：在当前比例尺下，地图能显示的细节远少于模型所见。</translation>
</message>
<message>
<source>Live mode is off: {reason}</source>
<translation>实时模式已关闭：{reason}</translation>
</message>
<message>
<source>{done} of {total} windows</source>
<translation>窗口 {done}/{total}</translation>
</message>
<message>
<source>Not shown live: {names}. A run makes them.</source>
<translation>实时模式不显示：{names}。正式运行会生成它们。</translation>
</message>
<message>
<source>, </source>
<translation>、</translation>
</message>
<message>
<source>Opening results</source>
<translation>正在打开结果</translation>
</message>
<message>
<source>Accuracy…</source>
<translation>精度评价…</translation>
</message>
<message>
<source>Zonal table…</source>
<translation>分区统计表…</translation>
</message>
<message>
<source>Sample points…</source>
<translation>抽取样本点…</translation>
</message>
<message>
<source>A file; the engine recognises it when it runs.</source>
<translation>这是一个文件，引擎在运行时识别它。</translation>
</message>
<message>
<source>Has no DINOv3 backbone to share:</source>
<translation>没有可共用的 DINOv3 骨干网络：</translation>
</message>
<message>
<source>This model is for another task:</source>
<translation>该模型用于其他任务：</translation>
</message>
<message>
<source>Hugging Face, with a token and access granted there</source>
<translation>Hugging Face，需要令牌并已获授权</translation>
</message>
<message>
<source>ModelScope</source>
<translation>ModelScope（魔搭）</translation>
</message>
<message>
<source>canopy height</source>
<translation>冠层高度</translation>
</message>
<message>
<source>features</source>
<translation>特征</translation>
</message>
<message>
<source>Gives</source>
<translation>输出</translation>
</message>
<message>
<source>Made for</source>
<translation>适用分辨率</translation>
</message>
<message>
<source>Licence</source>
<translation>许可</translation>
</message>
<message>
<source>Scores</source>
<translation>精度</translation>
</message>
<message>
<source>Limits</source>
<translation>局限</translation>
</message>
<message>
<source>Learnt from</source>
<translation>训练数据</translation>
</message>
<message>
<source>Attribution</source>
<translation>署名</translation>
</message>
<message>
<source>Size</source>
<translation>大小</translation>
</message>
<message>
<source>Lies in</source>
<translation>位置</translation>
</message>
<message>
<source>Good for</source>
<translation>适用于</translation>
</message>
<message>
<source>Parameters</source>
<translation>参数量</translation>
</message>
<message>
<source>timm's copy on Hugging Face, without an account</source>
<translation>timm 在 Hugging Face 上的副本，无需账号</translation>
</message>
<message>
<source>any pixel size</source>
<translation>任意像元大小</translation>
</message>
<message>
<source>Needs</source>
<translation>需要</translation>
</message>
<message>
<source>about {size}</source>
<translation>约 {size}</translation>
</message>
<message>
<source>{millions} M</source>
<translation>{millions} M</translation>
</message>
<message>
<source>{gsd} m a pixel</source>
<translation>每像元 {gsd} 米</translation>
</message>
<message>
<source>the backbone {name}</source>
<translation>骨干网络 {name}</translation>
</message>
<message>
<source>One a line: a name, a folder or a file</source>
<translation>每行一个：名称、文件夹或文件</translation>
</message>
<message>
<source>Add a model that is known here</source>
<translation>添加一个此处已知的模型</translation>
</message>
<message>
<source>Delete…</source>
<translation>删除…</translation>
</message>
<message>
<source>Listing models</source>
<translation>列出模型</translation>
</message>
<message>
<source>{file} is “{title}”, which gives {task}. It can be imported.</source>
<translation>{file} 是“{title}”，输出{task}。可以导入。</translation>
</message>
<message>
<source>{done} of {total}</source>
<translation>{done} / {total}</translation>
</message>
<message>
<source>Open a model</source>
<translation>打开模型</translation>
</message>
<message>
<source>A folder with models</source>
<translation>存放模型的文件夹</translation>
</message>
<message>
<source>Get…</source>
<translation>获取…</translation>
</message>
<message>
<source>Import</source>
<translation>导入</translation>
</message>
<message>
<source>Show folder</source>
<translation>打开所在文件夹</translation>
</message>
<message>
<source>Forget folder</source>
<translation>移除文件夹</translation>
</message>
<message>
<source>Add folder…</source>
<translation>添加文件夹…</translation>
</message>
<message>
<source>Open file…</source>
<translation>打开文件…</translation>
</message>
<message>
<source>Drop a model's file or folder here to see what it is.</source>
<translation>把模型文件或文件夹拖到此处，即可查看它是什么。</translation>
</message>
<message>
<source>Looking at {file}</source>
<translation>查看 {file}</translation>
</message>
<message>
<source>Importing {file}</source>
<translation>导入 {file}</translation>
</message>
<message>
<source>Getting {title}</source>
<translation>获取 {title}</translation>
</message>
<message>
<source>Cancelled. What was fetched is kept and will be gone on with.</source>
<translation>已取消。已下载的部分会保留，下次继续。</translation>
</message>
<message>
<source>Model files</source>
<translation>模型文件</translation>
</message>
<message>
<source>“{title}” was imported; use it by its name {name}.</source>
<translation>已导入“{title}”；使用时填写其名称 {name}。</translation>
</message>
<message>
<source>“{title}” is here; use it by its name {name}.</source>
<translation>已获取“{title}”；使用时填写其名称 {name}。</translation>
</message>
<message>
<source>Opened here</source>
<translation>在此打开的文件</translation>
</message>
<message>
<source>With the plugin</source>
<translation>插件自带</translation>
</message>
<message>
<source>Imported</source>
<translation>已导入</translation>
</message>
<message>
<source>DINOv3, can be fetched</source>
<translation>DINOv3（可获取）</translation>
</message>
<message>
<source>Result opacity</source>
<translation>结果不透明度</translation>
</message>
<message>
<source>Model library</source>
<translation>模型库</translation>
</message>
<message>
<source>In a folder “{name}” beside the first raster; each run has a folder of its own in it.</source>
<translation>放在第一个栅格旁边的“{name}”文件夹里；每次运行在其中各有一个文件夹。</translation>
</message>
<message>
<source>Results</source>
<translation>结果</translation>
</message>
<message>
<source>In {folder}, which is set under Settings ▸ Options ▸ RS-DINO.</source>
<translation>放在 {folder}，可在“设置 ▸ 选项 ▸ RS-DINO”中更改。</translation>
</message>
<message>
<source>With the job</source>
<translation>与作业放在一起</translation>
</message>
<message>
<source>Beside the raster</source>
<translation>放在栅格旁边</translation>
</message>
<message>
<source>In a folder…</source>
<translation>放入指定文件夹…</translation>
</message>
<message>
<source>Each run has a folder of its own in it.</source>
<translation>每次运行在其中各有一个文件夹。</translation>
</message>
<message>
<source>Choose a folder for the results that exists.</source>
<translation>请为结果选择一个已有的文件夹。</translation>
</message>
<message>
<source>This raster lies in no folder: choose another place for the results.</source>
<translation>该栅格不在任何文件夹中：请为结果另选位置。</translation>
</message>
<message>
<source>By name or order</source>
<translation>按名称或顺序自动选取</translation>
</message>
<message>
<source>The model's bands are found by the names of the raster's, else taken in their order.</source>
<translation>按栅格波段的名称找到模型所需的波段，没有名称时按顺序取用。</translation>
</message>
<message>
<source>Before the run</source>
<translation>运行之前</translation>
</message>
<message>
<source>&amp;Run</source>
<translation>运行(&amp;R)</translation>
</message>
<message>
<source>Time</source>
<translation>时间</translation>
</message>
<message>
<source>Windows</source>
<translation>窗口数</translation>
</message>
<message>
<source>Memory beside the model</source>
<translation>模型以外的内存</translation>
</message>
<message>
<source>Disk</source>
<translation>磁盘</translation>
</message>
<message>
<source>about {time}</source>
<translation>约 {time}</translation>
</message>
<message>
<source>{number} MB</source>
<translation>{number} MB</translation>
</message>
<message>
<source>“{name}” is not a file: what you choose of it is saved as a raster first. Many services do not allow to fetch large areas: look at the terms of this one.</source>
<translation>“{name}”不是文件：会先把您选定的部分存成栅格。许多服务不允许大面积下载：请查看该服务的条款。</translation>
</message>
<message>
<source>{name} (not in the project)</source>
<translation>{name}（不在工程中）</translation>
</message>
<message>
<source>any</source>
<translation>不限</translation>
</message>
<message>
<source>In what the map shows now</source>
<translation>在地图当前显示的范围内</translation>
</message>
<message>
<source>All classes</source>
<translation>所有类别</translation>
</message>
<message>
<source>Less certain than</source>
<translation>置信度低于</translation>
</message>
<message>
<source>At least</source>
<translation>面积不小于</translation>
</message>
<message>
<source>Looking at the map</source>
<translation>正在查找地图范围内的多边形</translation>
</message>
<message>
<source>The corrections name fewer than two classes so far: training needs at least two.</source>
<translation>复核标注目前不足两个类别，训练至少需要两个类别。</translation>
</message>
<message>
<source>The result was removed from the project. The corrections are kept in their file.</source>
<translation>该结果已从工程中移除，复核标注仍保存在文件中。</translation>
</message>
<message>
<source>This layer has no polygon.</source>
<translation>该图层中没有多边形。</translation>
</message>
<message>
<source>Reading {name}</source>
<translation>正在读取 {name}</translation>
</message>
<message>
<source>Corrections: {path}</source>
<translation>复核标注：{path}</translation>
</message>
<message>
<source>Result to review</source>
<translation>要复核的结果</translation>
</message>
<message>
<source>S&amp;tart review</source>
<translation>开始复核(&amp;T)</translation>
</message>
<message>
<source>Filter</source>
<translation>筛选</translation>
</message>
<message>
<source>“At least”, under Filter, says from which size on polygons are looked at.</source>
<translation>“筛选”下的“面积不小于”决定从多大的多边形开始复核。</translation>
</message>
<message>
<source>Show by con&amp;fidence</source>
<translation>按置信度显示(&amp;F)</translation>
</message>
<message>
<source>Fills the result's polygons the more, the less certain they are: the style “Review” of its layer</source>
<translation>越不确定的多边形填充越醒目：即该图层的“复核”样式</translation>
</message>
<message>
<source>Train w&amp;ith these…</source>
<translation>用这些训练(&amp;I)…</translation>
</message>
<message>
<source>Opens the training of a model with the corrections as its labels</source>
<translation>打开模型训练，以复核标注作为标签</translation>
</message>
<message>
<source>Tr&amp;y again</source>
<translation>重试(&amp;Y)</translation>
</message>
<message>
<source>S&amp;top review</source>
<translation>结束复核(&amp;T)</translation>
</message>
<message>
<source>Accept</source>
<translation>确认</translation>
</message>
<message>
<source>The class is right (A or Enter)</source>
<translation>类别正确（A 或回车）</translation>
</message>
<message>
<source>Delete</source>
<translation>删除</translation>
</message>
<message>
<source>It is no object of any class: training learns nothing there (Del)</source>
<translation>不属于任何类别：训练不会从这里学习，也不当作背景（Del）</translation>
</message>
<message>
<source>Split</source>
<translation>分割</translation>
</message>
<message>
<source>Draw a line across it; each part then takes a class (S)</source>
<translation>画一条线把它切开，再为每一部分指定类别（S）</translation>
</message>
<message>
<source>Redraw</source>
<translation>重画</translation>
</message>
<message>
<source>Draw another outline for it (R)</source>
<translation>重新绘制它的轮廓（R）</translation>
</message>
<message>
<source>Back</source>
<translation>上一个</translation>
</message>
<message>
<source>To the one before (Backspace or Left)</source>
<translation>回到上一个（退格键或左方向键）</translation>
</message>
<message>
<source>Skip</source>
<translation>跳过</translation>
</message>
<message>
<source>To the next one (Right)</source>
<translation>到下一个（右方向键）</translation>
</message>
<message>
<source>Undo</source>
<translation>撤销</translation>
</message>
<message>
<source>Take the last decision back (Ctrl+Z)</source>
<translation>撤销上一步操作（Ctrl+Z）</translation>
</message>
<message>
<source>Redo</source>
<translation>重做</translation>
</message>
<message>
<source>Decide again what was taken back (Ctrl+Y or Ctrl+Shift+Z)</source>
<translation>重新执行已撤销的判定（Ctrl+Y 或 Ctrl+Shift+Z）</translation>
</message>
<message>
<source>Look through a result's polygons from the least certain on. What you decide is kept as labels.</source>
<translation>从最不确定的开始逐个查看结果多边形，您的判断会保存为标签。</translation>
</message>
<message>
<source>There is no result with polygons in the project.</source>
<translation>工程中没有带多边形的结果。</translation>
</message>
<message>
<source>Redrawn. Give it another class, or accept it to go on.</source>
<translation>已重画。可以改为其他类别，或确认后继续。</translation>
</message>
<message>
<source>The rasters of results are switched off during the review, so that the picture is seen.</source>
<translation>复核期间关闭结果栅格的显示，以便看到影像。</translation>
</message>
<message>
<source>There is nothing to undo.</source>
<translation>没有可以撤销的操作。</translation>
</message>
<message>
<source>There is nothing to do again.</source>
<translation>没有可重做的操作。</translation>
</message>
<message>
<source>Split into {count}: give each part its class, or accept the one it has.</source>
<translation>已分割为 {count} 部分：请为每一部分指定类别，或确认现有类别。</translation>
</message>
<message>
<source>Draw a line across the polygon: drag, or click points and end with a right click. Esc cancels.</source>
<translation>画一条穿过多边形的线：按住拖动，或逐点单击并以右键结束。按 Esc 取消。</translation>
</message>
<message>
<source>Draw the outline: click corners and end with a right click, or drag a rectangle. Esc cancels.</source>
<translation>绘制轮廓：逐个单击拐角并以右键结束，或拖出一个矩形。按 Esc 取消。</translation>
</message>
<message>
<source>accepted</source>
<translation>已确认</translation>
</message>
<message>
<source>relabelled</source>
<translation>已改类别</translation>
</message>
<message>
<source>split</source>
<translation>已分割</translation>
</message>
<message>
<source>redrawn</source>
<translation>已重画</translation>
</message>
<message>
<source>This result has neither confidence nor areas: polygons come in their order in the file.</source>
<translation>该结果既没有置信度也没有面积：按文件中的顺序查看。</translation>
</message>
<message>
<source>This result has no confidence: large polygons come first.</source>
<translation>该结果没有置信度：先查看面积大的多边形。</translation>
</message>
<message>
<source>No polygon is left by the filter.</source>
<translation>没有符合筛选条件的多边形。</translation>
</message>
<message>
<source>{number} of {count} · {reviewed} reviewed</source>
<translation>第 {number} 个，共 {count} 个 · 已复核 {reviewed} 个</translation>
</message>
<message>
<source>{count} below {area} left aside</source>
<translation>已略过 {count} 个小于 {area} 的多边形</translation>
</message>
<message>
<source>Deleted: training learns nothing there.</source>
<translation>已删除：训练不会从这里学习。</translation>
</message>
<message>
<source>It is not there any more.</source>
<translation>该多边形已不存在。</translation>
</message>
<message>
<source>no class</source>
<translation>无类别</translation>
</message>
<message>
<source>{number} m²</source>
<translation>{number} m²</translation>
</message>
<message>
<source>All {count} are reviewed.</source>
<translation>全部 {count} 个均已复核。</translation>
</message>
<message>
<source>{number} km²</source>
<translation>{number} 平方千米</translation>
</message>
<message>
<source>{number} ha</source>
<translation>{number} 公顷</translation>
</message>
<message>
<source>{percent} % certain</source>
<translation>置信度 {percent} %</translation>
</message>
<message>
<source>part {number} of {count}</source>
<translation>第 {number} 部分，共 {count} 部分</translation>
</message>
<message>
<source>Run again with RS-DINO</source>
<translation>用 RS-DINO 再次运行</translation>
</message>
<message>
<source>Add a hillshade</source>
<translation>添加山体阴影</translation>
</message>
<message>
<source>Task</source>
<translation>任务</translation>
</message>
<message>
<source>R&amp;asters</source>
<translation>栅格(&amp;A)</translation>
</message>
<message>
<source>&amp;Task</source>
<translation>任务(&amp;T)</translation>
</message>
<message>
<source>Where</source>
<translation>范围</translation>
</message>
<message>
<source>Res&amp;ults</source>
<translation>结果(&amp;U)</translation>
</message>
<message>
<source>Tick at least one raster.</source>
<translation>请至少勾选一个栅格。</translation>
</message>
<message>
<source>“Statistics per polygon” needs polygons: choose them at “Where”.</source>
<translation>“按多边形统计”需要多边形：请在“范围”处选择。</translation>
</message>
<message>
<source>Choose a model.</source>
<translation>请选择模型。</translation>
</message>
<message>
<source>Live mode needs a raster file; “{name}” is not one.</source>
<translation>实时模式需要栅格文件；“{name}”不是文件。</translation>
</message>
<message>
<source>Ru&amp;n</source>
<translation>运行(&amp;N)</translation>
</message>
<message>
<source>Stop checking</source>
<translation>停止检查</translation>
</message>
<message>
<source>Asking the engine what the run will take…</source>
<translation>正在向引擎询问运行所需的资源…</translation>
</message>
<message>
<source>Stop saving</source>
<translation>停止保存</translation>
</message>
<message>
<source>Saving layers as rasters</source>
<translation>正在把图层存成栅格</translation>
</message>
<message>
<source>Every run has a folder here, with its log and, unless the dock is told otherwise, its results.</source>
<translation>每次运行在这里各有一个文件夹，存放日志；如果没有在面板中另作选择，结果也放在其中。</translation>
</message>
<message>
<source>Folder of the jobs</source>
<translation>作业文件夹</translation>
</message>
<message>
<source>The models run in an engine of its own, outside QGIS: nothing is installed into QGIS itself.</source>
<translation>模型在 QGIS 之外的独立引擎中运行：不会向 QGIS 本身安装任何东西。</translation>
</message>
<message>
<source>Which engine</source>
<translation>使用哪个引擎</translation>
</message>
<message>
<source>Choose the Python of the engine</source>
<translation>选择引擎的 Python</translation>
</message>
<message>
<source>any that fits</source>
<translation>任何合适的版本</translation>
</message>
<message>
<source>what suits this machine</source>
<translation>适合本机的版本</translation>
</message>
<message>
<source>for the processor</source>
<translation>处理器版本</translation>
</message>
<message>
<source>what the package index has</source>
<translation>软件包索引中的版本</translation>
</message>
<message>
<source>Choose another Python below, or an environment of its own.</source>
<translation>请在下方另选一个 Python，或改用独立环境。</translation>
</message>
<message>
<source>Folder</source>
<translation>文件夹</translation>
</message>
<message>
<source>Made of the Python</source>
<translation>基于此 Python</translation>
</message>
<message>
<source>PyTorch</source>
<translation>PyTorch</translation>
</message>
<message>
<source>Update</source>
<translation>更新</translation>
</message>
<message>
<source>Looking at this machine</source>
<translation>查看本机</translation>
</message>
<message>
<source>An environment of its own, made here</source>
<translation>在此创建的独立环境</translation>
</message>
<message>
<source>This Python:</source>
<translation>使用此 Python：</translation>
</message>
<message>
<source>Remove…</source>
<translation>移除…</translation>
</message>
<message>
<source>Press “{button}” below, or choose a Python that has the engine.</source>
<translation>请点击下方的“{button}”，或选择一个已装有引擎的 Python。</translation>
</message>
<message>
<source>The engine {old} is set up here; the plugin brings {new}.</source>
<translation>此处已安装引擎 {old}；插件自带 {new}。</translation>
</message>
<message>
<source>Set up again</source>
<translation>重新安装</translation>
</message>
<message>
<source>Set up</source>
<translation>安装</translation>
</message>
<message>
<source>Go on</source>
<translation>继续</translation>
</message>
<message>
<source>Remove the engine in {folder}? Models and results stay.</source>
<translation>要移除 {folder} 中的引擎吗？模型和结果会保留。</translation>
</message>
<message>
<source>The engine {old} is set up here, with PyTorch {torch}.</source>
<translation>此处已安装引擎 {old}，含 PyTorch {torch}。</translation>
</message>
<message>
<source>{step}: {mb} MB so far</source>
<translation>{step}：目前 {mb} MB</translation>
</message>
<message>
<source>Setting up was begun here and is not finished; nobody uses it.</source>
<translation>此处的安装尚未完成，不会被使用。</translation>
</message>
<message>
<source>Nothing is set up here yet. It takes some minutes, and 2 to 8 GB of disk.</source>
<translation>此处尚未安装。安装需要几分钟和 2 至 8 GB 磁盘空间。</translation>
</message>
<message>
<source>The engine is ready.</source>
<translation>引擎已就绪。</translation>
</message>
<message>
<source>Setting up RS-DINO's engine</source>
<translation>安装 RS-DINO 引擎</translation>
</message>
<message>
<source>Sources and network</source>
<translation>下载来源与网络</translation>
</message>
<message>
<source>Python packages</source>
<translation>Python 软件包</translation>
</message>
<message>
<source>Python, where none fits</source>
<translation>Python（本机没有合适版本时）</translation>
</message>
<message>
<source>Use nothing from the network</source>
<translation>不使用网络</translation>
</message>
<message>
<source>Use uv (faster; brings a Python of its own where none fits)</source>
<translation>使用 uv（更快；没有合适的 Python 时会自带一个）</translation>
</message>
<message>
<source>Folder of wheels</source>
<translation>wheel 文件夹</translation>
</message>
<message>
<source>No proxy is set.</source>
<translation>未设置代理。</translation>
</message>
<message>
<source>Mirrors in China</source>
<translation>国内镜像</translation>
</message>
<message>
<source>Usual addresses</source>
<translation>默认地址</translation>
</message>
<message>
<source>Proxy, from QGIS's network settings: {proxy}</source>
<translation>代理（取自 QGIS 的网络设置）：{proxy}</translation>
</message>
<message>
<source>A layer, a file or a folder</source>
<translation>图层、文件或文件夹</translation>
</message>
<message>
<source>{title} [optional]</source>
<translation>{title} [可选]</translation>
</message>
<message>
<source>More settings</source>
<translation>更多设置</translation>
</message>
<message>
<source>Also make</source>
<translation>同时生成</translation>
</message>
<message>
<source>“{title}” is needed.</source>
<translation>需要填写“{title}”。</translation>
</message>
<message>
<source>What to make of the rasters</source>
<translation>要由栅格得到什么</translation>
</message>
<message>
<source>Tick what to work on: rasters of the project, map services too</source>
<translation>勾选要处理的栅格：工程中的栅格，也包括地图服务</translation>
</message>
<message>
<source>A model that came with the plugin or was imported, or a file or folder</source>
<translation>插件自带或已导入的模型，也可以是文件或文件夹</translation>
</message>
<message>
<source>Only this area is computed</source>
<translation>只计算该区域</translation>
</message>
<message>
<source>Drag a rectangle on the map, or click the corners of a polygon</source>
<translation>在地图上拖出矩形，或依次单击多边形的各个角点</translation>
</message>
<message>
<source>Its selected polygons, or all when none is selected</source>
<translation>用其中选中的多边形；没有选中时用全部</translation>
</message>
<message>
<source>Settings that are right for most runs as they are</source>
<translation>多数情况下无需改动的设置</translation>
</message>
<message>
<source>Start the job; it waits while another one runs</source>
<translation>启动作业；如有其他作业在运行，则排队等候</translation>
</message>
<message>
<source>Jobs of this and of earlier sessions, newest first; a double click opens the result</source>
<translation>本次和以往的作业，最新的在前；双击可打开结果</translation>
</message>
<message>
<source>Add the result to the project again</source>
<translation>把结果再次加入工程</translation>
</message>
<message>
<source>Show the settings of this job in the form</source>
<translation>在表单中显示该作业的设置</translation>
</message>
<message>
<source>Stop this job at its next step; what is done is kept, to go on from</source>
<translation>在下一步停止该作业；已完成的部分会保留，可由此继续</translation>
</message>
<message>
<source>Go on from where it was, or begin at once with a job that waits</source>
<translation>从中断处继续，或立即开始等待中的作业</translation>
</message>
<message>
<source>What the engine said, to find out what went wrong</source>
<translation>引擎的输出，用于查找问题</translation>
</message>
<message>
<source>Delete this job, after a question</source>
<translation>确认后删除该作业</translation>
</message>
<message>
<source>The result whose polygons are looked through</source>
<translation>要逐个查看多边形的结果</translation>
</message>
<message>
<source>Go from one polygon to the next and say whether its class is right</source>
<translation>逐个查看多边形，判断类别是否正确</translation>
</message>
<message>
<source>Only polygons of this class</source>
<translation>只看该类别的多边形</translation>
</message>
<message>
<source>Only polygons in what the map shows now</source>
<translation>只看地图当前范围内的多边形</translation>
</message>
<message>
<source>Try once more what did not work</source>
<translation>把刚才没有成功的操作再试一次</translation>
</message>
<message>
<source>How far the newest result covers the map below it</source>
<translation>最新结果对下方地图的遮盖程度</translation>
</message>
<message>
<source>“{name}” is trained. It is in the dock's list of models from now on: {path}</source>
<translation>“{name}”已训练完成，现在可以在停靠面板的模型列表中选择：{path}</translation>
</message>
<message>
<source>“{name}” is trained and in the dock's list of models, but only until QGIS is closed, which deletes its temporary folder. Copy it to keep it: {path}</source>
<translation>“{name}”已训练完成，可以在停靠面板的模型列表中选择；但 QGIS 关闭时会删除临时文件夹，如需保留请复制到别处：{path}</translation>
</message>
<message>
<source>Use it</source>
<translation>使用该模型</translation>
</message>
<message>
<source>The area of the earlier run is gone: choose another one.</source>
<translation>上次运行的区域已不存在：请另选一个区域。</translation>
</message>
<message>
<source>Draw on the map</source>
<translation>在地图上绘制</translation>
</message>
<message>
<source>Polygon layer</source>
<translation>多边形图层</translation>
</message>
<message>
<source>Drag a rectangle, or click the corners of a polygon and end with a right click.</source>
<translation>拖出一个矩形；或逐点单击多边形的顶点，右键单击结束。</translation>
</message>
<message>
<source>There is no polygon layer in the project.</source>
<translation>工程中没有多边形图层。</translation>
</message>
<message>
<source>The whole raster</source>
<translation>整个栅格</translation>
</message>
<message>
<source>What the map shows</source>
<translation>地图当前范围</translation>
</message>
<message>
<source>A drawn area</source>
<translation>绘制的区域</translation>
</message>
<message>
<source>Polygons of a layer</source>
<translation>图层中的多边形</translation>
</message>
<message>
<source>The area of the earlier run</source>
<translation>上次运行的区域</translation>
</message>
<message>
<source>Choose a polygon layer, or another place to run on.</source>
<translation>请选择多边形图层，或选择其他范围。</translation>
</message>
<message>
<source>Drawn: {area}</source>
<translation>已绘制：{area}</translation>
</message>
<message>
<source>Selected: {selected} of {count}</source>
<translation>已选中 {selected} 个，共 {count} 个</translation>
</message>
<message>
<source>Draw an area on the map first.</source>
<translation>请先在地图上绘制区域。</translation>
</message>
<message>
<source>Nothing is selected in it: all {count} are used.</source>
<translation>图层中没有选中要素：将使用全部 {count} 个。</translation>
</message>
<message>
<source>Hillshade</source>
<translation>山体阴影</translation>
</message>
<message>
<source>“{title}” of the earlier run is gone: choose it again.</source>
<translation>上次运行的“{title}”已不存在：请重新选择。</translation>
</message>
<message>
<source>The layer “{name}” is not a raster file ({provider}). Export it to a GeoTIFF first (right-click, Export, Save As) and choose that.</source>
<translation>图层“{name}”不是栅格文件（{provider}）。请先将其导出为 GeoTIFF（右键 ▸ 导出 ▸ 另存为），再选择导出的文件。</translation>
</message>
<message>
<source>Component {number}</source>
<translation>分量 {number}</translation>
</message>
<message>
<source>Value</source>
<translation>值</translation>
</message>
<message>
<source>in {unit}</source>
<translation>单位：{unit}</translation>
</message>
<message>
<source>{count} classes</source>
<translation>{count} 个类别</translation>
</message>
<message>
<source>{size} m per pixel</source>
<translation>每像素 {size} 米</translation>
</message>
<message>
<source>bands: {names}</source>
<translation>波段：{names}</translation>
</message>
<message>
<source>Starter: land cover</source>
<translation>入门模型：土地覆盖</translation>
</message>
<message>
<source>Buildings, roads and paved ground, low vegetation, trees, water and bare ground from aerial RGB.</source>
<translation>由航空 RGB 影像识别建筑物、道路与硬化地面、低矮植被、树木、水体和裸地。</translation>
</message>
<message>
<source>Red, green and blue, 0.1 to 1 m per pixel; made for 0.15 to 0.3 m. Trained on few places (Dubai, the Netherlands, the north-east of the USA, Nepal, forest plots in the USA, one French farm): expect errors elsewhere, in winter and dusk light, for dry grass against bare ground, flat roofs against paved ground, shadows against water. A first map to improve by fine-tuning, not a survey.</source>
<translation>红、绿、蓝三波段，像元 0.1 至 1 米，最适合 0.15 至 0.3 米。只在少数地点训练（迪拜、荷兰、美国东北部、尼泊尔、美国的林地样方、法国一处农田）：在其他地方、冬季和黄昏光照下会有误差，也容易混淆干草与裸地、平屋顶与硬化地面、阴影与水体。它给出的是可通过微调改进的初步地图，而不是测绘成果。</translation>
</message>
<message>
<source>held-out parts of each source, not used in training; see README.md</source>
<translation>各数据来源中未参与训练的部分；见 README.md</translation>
</message>
<message>
<source>Starter: canopy height</source>
<translation>入门模型：冠层高度</translation>
</message>
<message>
<source>Height of trees above ground, in metres, from aerial RGB.</source>
<translation>由航空 RGB 影像估计树木离地高度，单位为米。</translation>
</message>
<message>
<source>Red, green and blue, 0.1 to 1 m per pixel; made for 0.25 m, leaves on. Taught on some sixty small forest plots in the USA and one French farm: heights tell tall from low and trees from ground there; elsewhere expect errors of many metres. Trees above 20 m come out too low, the more the taller. For real work use CHMv2 or teach this one your own heights.</source>
<translation>红、绿、蓝三波段，像元 0.1 至 1 米，最适合 0.25 米、生叶期影像。只用美国约六十个小型林地样方和法国一处农田训练：在那里能区分高矮、树木与地面；在其他地方误差可达数米。20 米以上的树会被低估，越高越明显。实际工作请使用 CHMv2，或用您自己的高度数据训练本模型。</translation>
</message>
<message>
<source>plots TEAK_043, 044, 046, 047, OSBS and site MLBS; see README.md</source>
<translation>样方 TEAK_043、044、046、047、OSBS 及站点 MLBS；见 README.md</translation>
</message>
<message>
<source>Starter: features</source>
<translation>入门模型：特征</translation>
</message>
<message>
<source>Features of a small vision transformer of DINOv3's build; not Meta's weights.</source>
<translation>DINOv3 结构的小型视觉 Transformer 的特征；不是 Meta 的权重。</translation>
</message>
<message>
<source>Not Meta's weights and not trained as theirs: a ViT of six blocks that was taught to give what a small convolutional network sees. Good for trying feature maps, clusters and similarity before the real weights are there; tells vegetation, water, roofs and paved ground apart by colour and texture, and little beyond.</source>
<translation>不是 Meta 的权重，训练方式也不同：这是一个六层的 ViT，学习输出一个小型卷积网络所看到的内容。适合在获得真正的权重之前试用特征图、聚类和相似性搜索；能按颜色和纹理区分植被、水体、屋顶和硬化地面，除此之外能力有限。</translation>
</message>
<message>
<source>land cover and objects; the smaller, the faster</source>
<translation>土地覆盖与地物；模型越小越快</translation>
</message>
<message>
<source>land cover and objects, with features at 4-32 px: fine maps with a head that joins them</source>
<translation>土地覆盖与地物，特征粒度 4–32 像元：配合融合多级特征的解码头可得到精细地图</translation>
</message>
<message>
<source>canopy height and other measures, imagery from space</source>
<translation>冠层高度等定量任务，卫星影像</translation>
</message>
<message>
<source>canopy height in metres, together with dinov3-vitl16-sat493m</source>
<translation>与 dinov3-vitl16-sat493m 配合估计冠层高度（米）</translation>
</message>
<message>
<source>CHMv2 canopy-height head for ViT-L/16</source>
<translation>适用于 ViT-L/16 的 CHMv2 冠层高度解码头</translation>
</message>
<message>
<source>web images</source>
<translation>网络图像</translation>
</message>
<message>
<source>satellite images</source>
<translation>卫星影像</translation>
</message>
<message>
<source>red</source>
<translation>红</translation>
</message>
<message>
<source>green</source>
<translation>绿</translation>
</message>
<message>
<source>blue</source>
<translation>蓝</translation>
</message>
<message>
<source>nir</source>
<translation>近红外</translation>
</message>
<message>
<source>near infrared</source>
<translation>近红外</translation>
</message>
<message>
<source>{begin}, {end}</source>
<translation>{begin}，{end}</translation>
</message>
<message>
<source>{path} is written, but not everything that belongs beside it: {reason}</source>
<translation>{path} 已写入，但与其配套的文件未能全部写入：{reason}</translation>
</message>
<message>
<source>QGIS deletes that when it is closed: copy it before.</source>
<translation>QGIS 关闭时会删除该结果，请先将其复制到别处。</translation>
</message>
<message>
<source>{path} cannot be written, perhaps because it is open elsewhere. The result is kept at {kept}.</source>
<translation>无法写入 {path}，可能因为它已在别处打开。结果保留在 {kept}。</translation>
</message>
<message>
<source>{path} cannot be written: {reason}. The result is kept at {kept}.</source>
<translation>{path} 无法写入：{reason}。结果保留在 {kept}。</translation>
</message>
<message>
<source>The result cannot be written as {suffix}. It is kept at {kept}.</source>
<translation>无法将结果写为 {suffix}。结果保留在 {kept}。</translation>
</message>
<message>
<source>The folder {folder} does not exist.</source>
<translation>文件夹 {folder} 不存在。</translation>
</message>
<message>
<source>Nothing may be written into the folder {folder}.</source>
<translation>文件夹 {folder} 不允许写入。</translation>
</message>
<message>
<source>{path} is open elsewhere, perhaps as a layer. Choose another name, or close it first.</source>
<translation>{path} 已在别处打开，可能是作为图层。请换一个名称，或先将其关闭。</translation>
</message>
<message>
<source>More help</source>
<translation>更多帮助</translation>
</message>
<message>
<source>No result is asked for: choose at least one.</source>
<translation>没有要求任何结果：请至少选择一项。</translation>
</message>
<message>
<source>“{title}” cannot be written as {path}: give a name that ends with {endings}.</source>
<translation>“{title}”不能写为 {path}：文件名须以 {endings} 结尾。</translation>
</message>
<message>
<source>“{title}” would be written over {path}, which this run reads. Choose another name.</source>
<translation>“{title}”会覆盖本次运行要读取的 {path}，请换一个文件名。</translation>
</message>
<message>
<source>“{one}” and “{other}” cannot both be written to {path}.</source>
<translation>“{one}”和“{other}”不能同时写入 {path}。</translation>
</message>
<message>
<source>The engine said that it succeeded, but the result “{name}” is missing.</source>
<translation>引擎报告成功，但缺少结果“{name}”。</translation>
</message>
<message>
<source>The model is one of the models of the dock and of RS-DINO's algorithms now: {path}</source>
<translation>该模型现在可以在停靠面板和 RS-DINO 各算法的模型列表中选择：{path}</translation>
</message>
<message>
<source>QGIS deletes its temporary folder when it is closed: copy the model {path} to keep it.</source>
<translation>QGIS 关闭时会删除临时文件夹：如需保留模型 {path}，请将其复制到别处。</translation>
</message>
<message>
<source>QGIS deletes its temporary folder when it is closed: save the points {path} elsewhere (right-click, Export) before you label them.</source>
<translation>QGIS 关闭时会删除临时文件夹：请先将样本点 {path} 另存到别处（右键 ▸ 导出），再开始标注。</translation>
</message>
<message>
<source>Engine: {python} ({reason})</source>
<translation>引擎：{python}（{reason}）</translation>
</message>
<message>
<source>Give an extent or an area of interest, not both.</source>
<translation>范围和感兴趣区只能给一个。</translation>
</message>
<message>
<source>The extent is empty.</source>
<translation>范围是空的。</translation>
</message>
<message>
<source>“{title}” is not JSON: {reason}</source>
<translation>“{title}”不是有效的 JSON：{reason}</translation>
</message>
<message>
<source>The raster {name} cannot be opened.</source>
<translation>无法打开栅格 {name}。</translation>
</message>
<message>
<source>“{name}” has no features.</source>
<translation>“{name}”没有要素。</translation>
</message>
<message>
<source>“{title}” cannot be opened: {path}</source>
<translation>无法打开“{title}”：{path}</translation>
</message>
<message>
<source>{bands} are not band numbers.</source>
<translation>{bands} 不是波段号。</translation>
</message>
<message>
<source>Extent</source>
<translation>范围</translation>
</message>
<message>
<source>Only what lies in this rectangle is computed and written; instead of an area of interest.</source>
<translation>只计算并写出此矩形以内的部分；用它代替感兴趣区。</translation>
</message>
<message>
<source>JSON files (*.json)</source>
<translation>JSON 文件 (*.json)</translation>
</message>
<message>
<source>Raster</source>
<translation>栅格</translation>
</message>
<message>
<source>{title}, one a line</source>
<translation>{title}，每行一个</translation>
</message>
<message>
<source>{name}: {share} %</source>
<translation>{name}：{share} %</translation>
</message>
<message>
<source>{name}: {area} ({share} %)</source>
<translation>{name}：{area}（{share} %）</translation>
</message>
<message>
<source>Cancelling…</source>
<translation>正在取消…</translation>
</message>
<message>
<source>“{name}” could not be saved as a raster.</source>
<translation>无法把“{name}”存成栅格。</translation>
</message>
<message>
<source>“{name}” gave no picture of this area: its server does not answer, refuses, or has nothing there.</source>
<translation>“{name}”没有返回该区域的影像：服务器没有响应、拒绝访问，或那里没有数据。</translation>
</message>
<message>
<source>“{name}”: {empty} of {total} parts of its picture are empty. The server did not give them, asked again, either, or it has nothing there. They stay empty in the result.</source>
<translation>“{name}”的图像共 {total} 块，其中 {empty} 块为空：服务器再次请求后仍未返回，或该处本无数据。结果中这些部分也为空。</translation>
</message>
<message>
<source>Made by RS-DINO, task {task}, with the model {model} from {rasters}.</source>
<translation>由 RS-DINO 生成：任务 {task}，模型 {model}，栅格 {rasters}。</translation>
</message>
<message>
<source>by default</source>
<translation>默认</translation>
</message>
<message>
<source>Job: {job}</source>
<translation>作业：{job}</translation>
</message>
<message>
<source>{path} cannot be read: {reason}</source>
<translation>无法读取 {path}：{reason}</translation>
</message>
<message>
<source>The correction could not be written to {path}: {reason}</source>
<translation>这一步未能写入 {path}：{reason}</translation>
</message>
<message>
<source>The corrections cannot be written to {path}: {reason}</source>
<translation>无法将复核标注写入 {path}：{reason}</translation>
</message>
<message>
<source>Draw a line of at least two points.</source>
<translation>请画一条至少有两个点的线。</translation>
</message>
<message>
<source>The line crosses itself: draw it without a loop.</source>
<translation>这条线自相交：请重画，不要打圈。</translation>
</message>
<message>
<source>The line does not cut the polygon in two: begin and end it outside.</source>
<translation>这条线没有把多边形切开：起点和终点都要在多边形之外。</translation>
</message>
<message>
<source>Draw at least three corners.</source>
<translation>请至少画三个拐角。</translation>
</message>
<message>
<source>The outline crosses itself: draw it without a loop.</source>
<translation>轮廓自相交：请重画，不要打圈。</translation>
</message>
<message>
<source>This polygon is deleted: accept it or give it a class first.</source>
<translation>该多边形已删除：请先确认它或为它指定类别。</translation>
</message>
<message>
<source>This polygon is not in the layer any more.</source>
<translation>该多边形已不在图层中。</translation>
</message>
<message>
<source>This polygon has no class yet: give it one.</source>
<translation>该多边形还没有类别：请先指定一个。</translation>
</message>
<message>
<source>{low} to {high} %</source>
<translation>{low}–{high} %</translation>
</message>
<message>
<source>Certainty</source>
<translation>置信度</translation>
</message>
<message>
<source>below {limit} %</source>
<translation>低于 {limit} %</translation>
</message>
<message>
<source>{limit} % and more</source>
<translation>{limit} % 及以上</translation>
</message>
<message>
<source>RS-DINO's engine is set to {python} ({reason}), which does not exist.</source>
<translation>RS-DINO 的引擎设为 {python}（{reason}），但它不存在。</translation>
</message>
<message>
<source>from the settings</source>
<translation>来自设置</translation>
</message>
<message>
<source>RS-DINO has no engine yet.</source>
<translation>RS-DINO 还没有引擎。</translation>
</message>
<message>
<source>set up by RS-DINO</source>
<translation>由 RS-DINO 安装</translation>
</message>
<message>
<source>beside the command rs-dino</source>
<translation>与命令 rs-dino 位于同处</translation>
</message>
<message>
<source>from the environment variable {name}</source>
<translation>来自环境变量 {name}</translation>
</message>
<message>
<source>Settings</source>
<translation>设置</translation>
</message>
<message>
<source>Advanced settings</source>
<translation>高级设置</translation>
</message>
<message>
<source>All pages</source>
<translation>全部页面</translation>
</message>
<message>
<source>needed</source>
<translation>必填</translation>
</message>
<message>
<source>RS-DINO: help</source>
<translation>RS-DINO 帮助</translation>
</message>
<message>
<source>Maps of rasters with DINOv3: land cover, canopy height, trees, features. Use the algorithms of the Processing toolbox, or the dock (Raster ▸ RS-DINO), which also follows the jobs.</source>
<translation>用 DINOv3 从栅格制图：土地覆盖、冠层高度、单木、特征。可以用“处理工具箱”里的算法，也可以用停靠面板（栅格 ▸ RS-DINO），面板还会跟踪作业。</translation>
</message>
<message>
<source>&lt;b&gt;Rasters.&lt;/b&gt; Whatever QGIS opens can be chosen. What is no file for the engine (map services, rasters in memory or in a database, formats that only QGIS reads) is saved as a GeoTIFF first: of the area that you choose, at the pixel size the model was made for, or at the map's. A map service has no end, so choose an area; at most 400 million pixels are saved at once. Tiles are asked for a few at a time, and none twice. Many services do not allow to fetch large areas or to derive data from their pictures: look at the terms of yours before you do.</source>
<translation>&lt;b&gt;栅格。&lt;/b&gt;QGIS 能打开的都可以选。引擎无法当作文件打开的图层（地图服务、内存或数据库中的栅格、只有 QGIS 能读的格式）会先存成 GeoTIFF：范围由您选定，像元大小取模型适用的大小，否则取地图当前的大小。地图服务没有边界，所以要先选一个区域；一次最多保存 4 亿像元。瓦片每次只请求几张，也不会重复请求。许多服务不允许大面积下载，或不允许由其影像生成数据：使用前请先看该服务的条款。</translation>
</message>
<message>
<source>&lt;b&gt;Jobs.&lt;/b&gt; A run goes on when QGIS is closed. Runs that are started while one is at work wait for their turn; those that still wait when QGIS is closed go on when the dock is opened again. A job that was cancelled or that failed can be gone on with from where it was, as far as the engine kept something.</source>
<translation>&lt;b&gt;作业。&lt;/b&gt;关闭 QGIS 后运行仍会继续。已有运行时再启动的运行会排队等候；关闭 QGIS 时仍在等候的，下次打开面板后继续。已取消或失败的作业，只要引擎留有中间结果，就可以从中断处继续。</translation>
</message>
<message>
<source>&lt;b&gt;Layers.&lt;/b&gt; Every layer knows how it was made: its menu has “Run again with RS-DINO”, and for heights “Add a hillshade”. What lies in a temporary folder is marked by QGIS with a sign beside its name; make it permanent by a click on that.</source>
<translation>&lt;b&gt;图层。&lt;/b&gt;每个结果图层都记得自己是怎样得到的：图层菜单里有“用 RS-DINO 再次运行”，高度图层还有“添加山体阴影”。放在临时文件夹里的结果，QGIS 会在名称旁加标记；点一下即可转为永久保存。</translation>
</message>
<message>
<source>Choose a raster and a model, and run. “Starter: land cover” comes with the plugin: six classes from aerial pictures of red, green and blue. The result has the model's names and colours; the confidence says where it is unsure; polygons have areas on the ellipsoid.</source>
<translation>选好栅格和模型，然后运行。插件自带“入门模型：土地覆盖”：用红、绿、蓝航空影像分出六类。结果带有模型的类名和颜色；置信度指出模型在哪里没有把握；多边形的面积按椭球计算。</translation>
</message>
<message>
<source>The raster is brought to the pixel size that the model was made for, and the result back to the raster's pixels.</source>
<translation>栅格会先换算到模型适用的像元大小，结果再换算回栅格自己的像元。</translation>
</message>
<message>
<source>Heights of vegetation above the ground in metres, from one picture. For real work get Meta's CHMv2 under Settings ▸ Options ▸ RS-DINO ▸ Models; the starter only tells tall from low. Tree tops and crowns can be made with it, and means within polygons of yours.</source>
<translation>由一幅影像得到植被高出地面的高度（米）。正式工作请在“设置 ▸ 选项 ▸ RS-DINO ▸ 模型”中获取 Meta 的 CHMv2；入门模型只能区分高矮。还可以一并得到树顶点和树冠，以及您的多边形内的平均值。</translation>
</message>
<message>
<source>The layer's menu adds a hillshade that shows the shape of the canopy.</source>
<translation>图层菜单可以添加山体阴影，显示冠层的起伏。</translation>
</message>
<message>
<source>The first three principal components of a model's features, as red, green and blue: places of one colour look alike to the model. Good for seeing what a model can tell apart before you teach it anything.</source>
<translation>把模型特征的前三个主成分显示为红、绿、蓝：颜色相同的地方，在模型看来是相似的。适合在训练之前先看看模型能分清什么。</translation>
</message>
<message>
<source>Divides a raster into as many groups as you ask for, without labels. The numbers mean nothing by themselves: look at the map and name them.</source>
<translation>不用标注，把栅格分成您指定数目的若干组。编号本身没有含义：请对照地图为它们命名。</translation>
</message>
<message>
<source>Mark a few places with points or polygons, in a layer in memory if you like, and see where the raster looks like them. Counterexamples help.</source>
<translation>用点或多边形标出几处（内存图层也可以），看看栅格中哪些地方与之相似。给出反例会更准。</translation>
</message>
<message>
<source>Several models that share a DINOv3 backbone, in one pass over the raster: the backbone, which takes most of the time, runs once.</source>
<translation>共用同一 DINOv3 骨干网络的几个模型，一次遍历栅格即可全部完成：最耗时的骨干网络只运行一次。</translation>
</message>
<message>
<source>Polygons of a raster of classes that join without gaps: simplified together, with area and perimeter on the ellipsoid. A GeoPackage keeps the style inside; other formats get it beside them.</source>
<translation>把分类栅格变成彼此无缝的多边形：统一化简，面积和周长按椭球计算。GeoPackage 在文件内保存样式；其他格式的样式放在文件旁。</translation>
</message>
<message>
<source>Draw points at random inside each class of a map, so many at least in rare ones. Label them from imagery without looking at the map: choose the class from the list that the field “class” offers. Then let Accuracy compare the map with them.</source>
<translation>在分类图的每个类别中随机抽取样点，稀少类别也保证一定数量。对照影像判读，不要参看分类图：在“class”字段的下拉列表中选择类别，再用“精度评价”与分类图比较。</translation>
</message>
<message>
<source>50 to 100 points a class give intervals that say something.</source>
<translation>每类 50 至 100 个样点，得到的置信区间才有意义。</translation>
</message>
<message>
<source>User's and producer's accuracy, F1, IoU and every class's estimated area with a 95 % interval beside the mapped one, after Olofsson et al. (2014); the confusion matrix in numbers and in shares of the area. Of heights: mean error, bias, RMSE and R².</source>
<translation>按 Olofsson 等（2014）给出用户精度、生产者精度、F1、IoU，以及各类别的估计面积及其 95 % 置信区间，并与制图面积对照；混淆矩阵有样本数和面积占比两种形式。评价高度时给出平均绝对误差、偏差、均方根误差和 R²。</translation>
</message>
<message>
<source>The intervals hold for references drawn at random inside each class, as by Sample points. Of a polygon one random pixel counts, for its pixels are not independent of each other. What lies outside the map or is not labelled is counted and said.</source>
<translation>置信区间的前提是参考样本在每个类别内随机抽取，例如用“抽取样本点”。每个多边形只取一个随机像元，因为同一多边形内的像元并不相互独立。位于图外或未标注的样本会计数并说明。</translation>
</message>
<message>
<source>For every polygon of a layer the hectares and percent of each class, or mean, highest, percentiles and cover of heights: the polygons with new fields, and a table. Polygons may overlap and have any coordinate system; areas are those on the ellipsoid.</source>
<translation>对图层中的每个多边形给出各类别的公顷数和百分比，或高度的平均值、最大值、百分位数和覆盖率：输出带新字段的多边形和一张表格。多边形可以重叠，坐标参考系不限；面积按椭球计算。</translation>
</message>
<message>
<source>Teach a model your own classes or heights: images with labels, as rasters or polygons. A part of the images is kept apart and used only for the scores.</source>
<translation>教模型识别您自己的类别或高度：影像加标注，标注可以是栅格或多边形。其中一部分影像会留出来，只用于评分。</translation>
</message>
</context>
</TS>
