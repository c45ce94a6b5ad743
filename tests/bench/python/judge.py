"""What a site would write for itself: pandas, scikit-learn, JSON.

judge.py BASELINE.csv TOLERANCES.json DEPLOYMENT.json INPUT.csv OUTPUT.json [MODEL.joblib]

Deviations from the baseline, the grade's tolerances by the letter, the forest's probabilities. It does less than the
executable: no history, no evidence, no trend, no spool, no state, nothing synced to the disk. Where there was a choice it
is the faster one: whole columns at a time, big files in chunks so that memory stays small, all processors for a big chunk.
"""

import json
import os
import sys

import numpy as np
import pandas as pd

COLUMNS = {
    "flow": "Flow (gpm)",
    "head": "Discharge Pressure (psi)",
    "power": "Motor Power (hp)",
    "efficiency": "Pump Efficiency (%)",
}
BASELINE = {
    "flow": "baseline_flow_gpm",
    "head": "baseline_discharge_pressure_psi",
    "power": "baseline_power_hp",
    "efficiency": "baseline_efficiency_percent",
}
CHUNK_ROWS = 100_000
MANY_ROWS = 10_000

baseline_file, tolerances_file, deployment_file, input_file, output_file, *model_file = sys.argv[1:]
baseline = pd.read_csv(baseline_file).iloc[0]
with open(deployment_file) as file:
    deployment = json.load(file)
with open(tolerances_file) as file:
    category = deployment["pump"]["tolerance_category"]
    grade = json.load(file)["categories"][category]["tolerances"]
min_speed = deployment["judgement"]["running"]["min_speed_rpm"]
basis = f"baseline point, grade {category}"
model = None
if model_file:
    import joblib

    model = joblib.load(model_file[0])


def bound(limit):
    return None if abs(limit) >= 999 else limit


def largest(tolerance):
    finite = [abs(tolerance[key]) for key in ("min_deviation", "max_deviation") if abs(tolerance[key]) < 999]
    return max(finite, default=0)


def scale_of(name):
    return largest(grade[name]) or largest(grade["head"]) or 5


def predict(frame, deviations):
    values = {f"{name}.deviation": column for name, column in deviations.items()}
    values["speed"] = frame["Motor Speed (rpm)"].to_numpy()
    rows = np.column_stack([values[name] for name in model["features"]])
    forest, classes = model["forest"], model["classes"]
    forest.n_jobs = -1 if len(rows) >= MANY_ROWS else None
    probabilities = forest.predict_proba(model["scaler"].transform(rows))
    best = probabilities.argmax(axis=1)
    return [
        {
            "class": classes[index],
            "probability": row[index],
            "probabilities": dict(zip(classes, row)),
            "confidence": row[index],
            "score": None,
            "rul_days": None,
            "rul_interval": None,
            "source": None,
        }
        for index, row in zip(best.tolist(), probabilities.tolist())
    ]


def judge(frame):
    rows = len(frame)
    times = pd.to_datetime(frame["timestamp"], format="%m/%d/%Y %H:%M").to_numpy()
    running = frame["Motor Speed (rpm)"].to_numpy() >= min_speed
    deviations = {name: (frame[COLUMNS[name]].to_numpy() / baseline[BASELINE[name]] - 1) * 100 for name in COLUMNS}
    violations = [{} for _ in range(rows)]
    status = np.zeros(rows, dtype=int)
    for name, deviation in deviations.items():
        low, high = bound(grade[name]["min_deviation"]), bound(grade[name]["max_deviation"])
        mandatory, scale = grade[name]["mandatory"], scale_of(name)
        for side, limit in (("min", low), ("max", high)):
            if limit is None:
                continue
            beyond = limit - deviation if side == "min" else deviation - limit
            outside = (beyond > 0) & running
            severity = 1 + beyond / scale
            level = 1 + mandatory * ((severity >= 1.5).astype(int) + (severity >= 2))
            status = np.maximum(status, np.where(outside, level, 0))
            for row in np.flatnonzero(outside).tolist():
                violations[row][name] = {
                    "deviation": deviation[row].item(),
                    "threshold": limit,
                    "threshold_type": side,
                    "mandatory": mandatory,
                    "confirmed": True,
                    "severity": severity[row].item(),
                }
    predictions = predict(frame, deviations) if model else [None] * rows
    names = ["Normal", "Warning", "Critical", "Failure"]
    stamps = np.datetime_as_string(times, unit="ms").tolist()
    columns = [deviation.tolist() for deviation in deviations.values()]
    records = []
    for stamp, level, runs, violation, prediction, *values in zip(
        stamps, status.tolist(), running.tolist(), violations, predictions, *columns
    ):
        records.append(
            {
                "timestamp": stamp + "Z",
                "status": names[level] if runs else "Idle",
                "reason": None if runs else "the pump is off",
                "deviations": dict(zip(COLUMNS, values if runs else [None] * 4)),
                "violations": violation,
                "findings": [],
                "prediction": prediction if runs else None,
                "prediction_reason": None,
                "basis": basis,
                "reported_to_api": False,
            }
        )
    return records


unfinished = output_file + ".tmp"
with open(unfinished, "w") as output:
    before = "["
    for chunk in pd.read_csv(input_file, chunksize=CHUNK_ROWS):
        # One call of the encoder written in C for all records: json.dump would take the slow one.
        output.write(before + json.dumps(judge(chunk))[1:-1])
        before = ",\n"
    output.write("]\n")
os.replace(unfinished, output_file)
