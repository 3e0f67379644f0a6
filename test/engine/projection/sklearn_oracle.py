"""scikit-learn's t-SNE of one set of points, stage by stage. Argument: a folder with task.json and points.f32; results go there."""

import inspect
import json
import os
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities_nn, _kl_divergence_bh
from sklearn.neighbors import NearestNeighbors

folder = sys.argv[1]
path = lambda name: os.path.join(folder, name)
task = json.load(open(path("task.json")))
points = numpy.fromfile(path("points.f32"), numpy.float32).reshape(task["count"], task["dimensions"])

neighbours = min(task["count"] - 1, int(3.0 * task["perplexity"] + 1))
graph = NearestNeighbors(n_neighbors=neighbours).fit(points).kneighbors_graph(mode="distance")
graph.data **= 2
joint = _joint_probabilities_nn(graph, task["perplexity"], 0)
joint.sort_indices()
joint.indptr.astype(numpy.uint32).tofile(path("starts.u32"))
joint.indices.astype(numpy.uint32).tofile(path("columns.u32"))
joint.data.astype(numpy.float32).tofile(path("values.f32"))

iterations = "max_iter" if "max_iter" in inspect.signature(TSNE).parameters else "n_iter"
model = TSNE(
    init="pca",
    learning_rate="auto",
    perplexity=task["perplexity"],
    random_state=0,
    n_jobs=1,
    **{iterations: task["iterations"]},
)
found = model.fit_transform(points).astype(numpy.float32)
found.tofile(path("map.f32"))
_, gradient = _kl_divergence_bh(found.ravel(), joint, 1, task["count"], 2, angle=0.5)
gradient.astype(numpy.float32).tofile(path("gradient.f32"))
print(json.dumps({"kl": float(model.kl_divergence_), "trustworthiness": trustworthiness(points, found, n_neighbors=12)}))
