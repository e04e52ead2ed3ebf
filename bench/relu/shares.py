# Data that scikit-learn makes, for as many training rows as are asked for and 2,000 others.
#   /usr/bin/python3 bench/relu/shares.py
# Prints a line of JSON with the names, then answers each line { name, n } with the rows.
import json
import sys

import sklearn
from sklearn import datasets

makers = {
    'friedman1': lambda n: datasets.make_friedman1(n, noise=1, random_state=0),
    'friedman3': lambda n: datasets.make_friedman3(n, noise=0.1, random_state=0),
    'noisy linear': lambda n: datasets.make_regression(
        n, n_features=20, n_informative=5, noise=100, random_state=0
    ),
    'moons': lambda n: datasets.make_moons(n, noise=0.3, random_state=0),
    'three classes': lambda n: datasets.make_classification(
        n, n_informative=10, n_classes=3, random_state=0
    ),
}
values = ['friedman1', 'friedman3', 'noisy linear']

print(json.dumps({'version': sklearn.__version__, 'names': list(makers), 'values': values}), flush=True)
for line in sys.stdin:
    question = json.loads(line)
    n = question['n']
    x, y = makers[question['name']](n + 2000)
    rows = {'x': x[:n], 'y': y[:n], 'xTest': x[n:], 'yTest': y[n:]}
    print(json.dumps({key: value.tolist() for key, value in rows.items()}), flush=True)
