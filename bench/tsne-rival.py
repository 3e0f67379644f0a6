"""scikit-learn's Barnes-Hut t-SNE, one thread. For each line with a task as JSON: writes the map, answers its CPU time in s."""

import json
import os
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # Read once, when numpy is imported.

try:
    import inspect

    import numpy
    import sklearn
    from sklearn.manifold import TSNE
except ImportError:
    sys.exit(0)  # No greeting: the bench says that there is no rival.

# scikit-learn 1.5 renamed the parameter.
iterations_name = "max_iter" if "max_iter" in inspect.signature(TSNE).parameters else "n_iter"

print(sklearn.__version__, flush=True)
for line in sys.stdin:
    task = json.loads(line)
    points = numpy.fromfile(task["input"], numpy.float32).reshape(task["count"], task["dimensions"])
    start = time.process_time()
    model = TSNE(
        method="barnes_hut",
        init="pca",
        learning_rate="auto",
        perplexity=task["perplexity"],
        random_state=task["seed"],
        n_jobs=1,
        **{iterations_name: task["iterations"]},
    )
    found = model.fit_transform(points)
    seconds = time.process_time() - start
    found.astype(numpy.float32).tofile(task["output"])
    print(seconds, flush=True)
