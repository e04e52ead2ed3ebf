# scikit-learn's MLPClassifier with its defaults on its digits: 1,257 rows x 64 columns, ten classes.
#   /usr/bin/python3 bench/relu/classes.py
# Prints a line of JSON with the rows, pixels from 0 to 1, then answers each line { seed } with what a fit of that seed took and scores.
import json
import sys
import time

import sklearn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x / 16, y, test_size=0.3, random_state=0, stratify=y)
rows = {'x': x_train, 'y': y_train, 'xTest': x_test, 'yTest': y_test}
print(json.dumps({'version': sklearn.__version__, **{key: value.tolist() for key, value in rows.items()}}), flush=True)
for line in sys.stdin:
    begin = time.perf_counter()
    began = time.process_time()
    model = MLPClassifier(random_state=json.loads(line)['seed']).fit(x_train, y_train)
    seconds = time.perf_counter() - begin
    cpu = time.process_time() - began
    score = model.score(x_test, y_test)
    print(json.dumps({'seconds': seconds, 'cpu': cpu, 'score': score, 'iterations': model.n_iter_}), flush=True)
