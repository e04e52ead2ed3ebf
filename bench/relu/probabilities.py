# Probabilities of classes by scikit-learn's methods with their defaults, on the splits of bench/relu/scores.py.
#   /usr/bin/python3 bench/relu/probabilities.py
# Prints a line of JSON with the data sets that have classes, then answers each line { name, split } with the rows of the split, and for each method
# the probabilities on the rows that were held out, and the processor's seconds of training. SVC has probability=True, Platt's method by five folds.
import json
import sys
import time

import numpy as np
import sklearn
from scores import absent, data_of, names, regressions
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


def answer(name, split):
    x, y = data_of(name)
    # Classes by their numbers, which are the places of their columns.
    y = np.unique(y, return_inverse=True)[1]
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=split, stratify=y)
    methods = {
        'linear': LogisticRegression(),
        'mlp': MLPClassifier(random_state=split),
        'svm': SVC(probability=True, random_state=split),
    }
    runs = {}
    for method, model in methods.items():
        began = time.process_time()
        model = make_pipeline(StandardScaler(), model).fit(x_train, y_train)
        cpu = time.process_time() - began
        runs[method] = {'cpu': cpu, 'probabilities': model.predict_proba(x_test).tolist()}
    rows = {'x': x_train, 'y': y_train, 'xTest': x_test, 'yTest': y_test}
    return {**{key: value.tolist() for key, value in rows.items()}, 'runs': runs}


if __name__ == '__main__':
    classes = [name for name in names if name not in regressions]
    print(json.dumps({'version': sklearn.__version__, 'names': classes, 'absent': absent}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(answer(question['name'], question['split'])), flush=True)
