"""scikit-learn's side of the parity of forests; run by ../forest-parity.ts.

python scikit.py DIR SPLITS TREES [SKAB-VALVE1-DIR]

Writes DIR/NAME.json for each data set beside the .json files that are there already: features, labels, the row order of
each split (the first 70 % are trained on) and the accuracy of its own forest on each.
pip install scikit-learn==1.9.1
"""

import glob
import json
import random
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.ensemble import RandomForestClassifier

directory, splits, trees = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
data = {path.stem: json.loads(path.read_text()) for path in directory.glob("*.json")}
for name, load in {"digits": load_digits, "breast cancer": load_breast_cancer, "iris": load_iris}.items():
    bunch = load()
    data[name] = {"x": bunch.data.tolist(), "y": [int(label) for label in bunch.target]}
if len(sys.argv) > 4:
    rows = []
    for file in sorted(glob.glob(f"{sys.argv[4]}/*.csv")):
        for line in Path(file).read_text().strip().split("\n")[1:]:
            cells = line.strip().split(";")
            rows.append(([float(value) for value in cells[1:9]], int(float(cells[9]))))
    random.Random(1).shuffle(rows)
    data["SKAB valve1 rows"] = {"x": [x for x, _ in rows[:5000]], "y": [y for _, y in rows[:5000]]}

for name, one in data.items():
    x, y = np.array(one["x"], dtype=np.float32), np.array(one["y"])
    one["splits"] = [np.random.RandomState(seed).permutation(len(y)).tolist() for seed in range(splits)]
    one["accuracies"] = []
    for seed, order in enumerate(one["splits"]):
        train, test = order[: int(0.7 * len(order))], order[int(0.7 * len(order)) :]
        forest = RandomForestClassifier(trees, random_state=seed).fit(x[train], y[train])
        one["accuracies"].append(forest.score(x[test], y[test]))
    one["scikit"] = sklearn.__version__
    one["x"] = [[float(value) for value in row] for row in x]
    (directory / f"{name}.json").write_text(json.dumps(one))
