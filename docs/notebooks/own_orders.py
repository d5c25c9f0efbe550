# ---
# jupyter:
#   jupytext: {formats: "py:percent"}
# ---

# %% [markdown]
# # Our own work orders 用自己的工单
# Write simulated orders in the form of an export, have a mapping proposed, and look at them. With
# your own, begin at the second cell.

# %%
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

folder = Path(tempfile.mkdtemp())
export, mapping = folder / "orders.csv", folder / "mapping.yaml"
govsim = [sys.executable, "-m", "govsim"]
subprocess.run([*govsim, "synth", "scenarios/tiandi.yaml", "--out", str(export)], check=True)

# %%
subprocess.run([*govsim, "inspect", str(export), "--write", str(mapping)], check=True)
print(mapping.read_text(encoding="utf-8"))

# %%
orders = pd.read_csv(export)
print(orders.head().T)
