# ---
# jupyter:
#   jupytext: {formats: "py:percent"}
# ---

# %% [markdown]
# # What does one more person at night bring? 夜间加一个人能带来什么？

# %%
import govsim

comparison = govsim.compare(
    ["scenarios/tiandi.yaml"],
    plans=[
        "night desk: desk.rosters.point_station.night=1",
        "night property: teams.property_management.roster.night=1",
    ],
    replications=4,
)

# %% [markdown]
# A row for each plan and quantity: the difference to the first plan, with an interval. All of them
# hold together with 95%.

# %%
differences = comparison.to_frame()
print(differences.to_string())

# %% [markdown]
# The runs themselves are there too.

# %%
for name in comparison.names:
    print(name, comparison.result(name).summary("district").set_index("measure")["mean"]["orders"])
