"""Made the .onnx files beside this one and expected.json, what scikit-learn itself answers on the same rows.

pip install scikit-learn==1.9.1 skl2onnx==1.20.0 onnx==1.23.2; python make.py
The data are random numbers: these models know nothing about pumps.
"""

import json
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent
OPSETS = {"": 17, "ai.onnx.ml": 3}
FLOATS = [("X", FloatTensorType([None, 3]))]
NO_ZIPMAP = {"zipmap": False}

random = np.random.default_rng(1)
x = random.normal(size=(200, 3)).astype(np.float32)
y = np.where(x[:, 0] > 0.5, "worn", np.where(x[:, 1] > 0.5, "clogged", "healthy"))
rows = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0], [0.25, -1.5, 2]], np.float32)


def save(name, model, inputs=FLOATS, **options):
    onnx = to_onnx(model, initial_types=inputs, target_opset=OPSETS, **options)
    (HERE / f"{name}.onnx").write_bytes(onnx.SerializeToString())


forest = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=1).fit(x, y)
save("forest", forest, options=NO_ZIPMAP)
save("forest-zipmap", forest)
save("forest-double", forest, [("X", DoubleTensorType([None, 3]))], options=NO_ZIPMAP)
save("forest-one-row", forest, [("X", FloatTensorType([1, 3]))], options=NO_ZIPMAP)
pipeline = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=5, max_depth=3, random_state=2)).fit(x, y)
save("pipeline", pipeline, options=NO_ZIPMAP)
isolation = IsolationForest(n_estimators=4, max_samples=32, random_state=1).fit(x)
save("isolation", isolation)

expected = {
    "rows": rows.tolist(),
    "classes": forest.classes_.tolist(),
    "forest": forest.predict_proba(rows).tolist(),
    "pipeline": pipeline.predict_proba(rows).tolist(),
    "isolation": isolation.decision_function(rows).tolist(),
}
(HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
