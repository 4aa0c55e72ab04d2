"""Trains scikit-learn's MLPClassifier: relu for want of selu, weights as it draws them, and no test loss
while it trains. Timed: fit().

    sklearn_mlp.py WORK STEPS
"""

import time
import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

import work

warnings.simplefilter("ignore", ConvergenceWarning)
task = work.asked_for()
passes = max(1, task.steps * task.batch // len(task.x))
model = MLPClassifier([kernel.shape[1] for kernel in task.kernels[:-1]], solver="sgd", momentum=0, alpha=0,
                      learning_rate_init=task.rate, batch_size=task.batch, shuffle=not task.whole,
                      max_iter=passes, tol=0, n_iter_no_change=passes + 1, random_state=0)
begin = time.perf_counter()
model.fit(task.x, task.y)
seconds = time.perf_counter() - begin
work.answer(seconds, log_loss(task.y_test, model.predict_proba(task.x_test)))
