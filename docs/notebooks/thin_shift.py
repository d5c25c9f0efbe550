# ---
# jupyter:
#   jupytext: {formats: "py:percent"}
# ---

# %% [markdown]
# # Which shift is too thin? 哪个班次人手不够？
# Run the station as it is, and look at how well it keeps its first promise by the hour of the day.

# %%
import matplotlib.pyplot as plt

import govsim

result = govsim.run("scenarios/tiandi.yaml", replications=4)
print(result)

# %% [markdown]
# `hour` counts from Monday's first hour to 167.

# %%
hours = result.summary("hour")
scene = hours[hours["measure"] == "compliance_scene"].copy()
scene["of_day"] = scene["key"].astype(int) % 24
by_hour = scene.groupby("of_day")["mean"].mean()
print(by_hour.nsmallest(5))

# %%
figure, axes = plt.subplots(figsize=(7, 2.4), layout="constrained")
axes.bar(by_hour.index, 100 * by_hour, color="#0072b2")
axes.set_xlabel("hour of the day")
axes.set_ylabel("on the scene in time, %")
plt.show()

# %% [markdown]
# The teams, shift by shift: who is busy when reports are late?

# %%
shifts = result.summary("shift")
print(shifts.pivot_table(index="key", columns="measure", values="mean").round(3).T)
