"""Makes a scikit-learn forest of given trees: forest.py FOREST.json MODEL.joblib

FOREST.json (made by ../speed/forest.ts from the ONNX model and scaler.json): features, classes, mean, scale and trees, each
with the arrays left, right, feature, threshold and values of scikit-learn's own layout. So both programs ask the very
same trees. Written for scikit-learn 1.2 (Debian 12); the layout of a tree is taken from the library at hand.
"""

import json
import sys

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.tree._tree import Tree

with open(sys.argv[1]) as file:
    given = json.load(file)
width, count = len(given["features"]), len(given["classes"])

# Fitted to anything, for the attributes that fitting sets; then every tree is replaced.
labels = np.arange(4 * count) % count
anything = np.random.RandomState(0).rand(len(labels), width)
forest = RandomForestClassifier(len(given["trees"]), random_state=0).fit(anything, labels)
for estimator, tree in zip(forest.estimators_, given["trees"]):
    state = estimator.tree_.__getstate__()
    nodes = np.zeros(len(tree["left"]), dtype=state["nodes"].dtype)
    nodes["left_child"], nodes["right_child"] = tree["left"], tree["right"]
    nodes["feature"], nodes["threshold"] = tree["feature"], tree["threshold"]
    nodes["n_node_samples"] = nodes["weighted_n_node_samples"] = 1
    depth = np.zeros(len(nodes), dtype=int)
    for node in range(len(nodes)):
        if nodes["left_child"][node] != -1:
            depth[[nodes["left_child"][node], nodes["right_child"][node]]] = depth[node] + 1
    values = np.array(tree["values"], dtype=np.float64).reshape(len(nodes), 1, count)
    replaced = Tree(width, np.array([count], dtype=np.intp), 1)
    replaced.__setstate__({"max_depth": int(depth.max()), "node_count": len(nodes), "nodes": nodes, "values": values})
    estimator.tree_ = replaced

scaler = StandardScaler().fit(anything)
scaler.mean_, scaler.scale_ = np.array(given["mean"]), np.array(given["scale"])
scaler.var_ = scaler.scale_**2
joblib.dump({"scaler": scaler, "forest": forest, "features": given["features"], "classes": given["classes"]}, sys.argv[2])
