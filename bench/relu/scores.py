# Data sets that scikit-learn ships or makes, and others from files, in splits, and what its methods of default settings score on them.
#   /usr/bin/python3 bench/relu/scores.py
# Files: ../shared/data, or the folder NONCONVEX_DATA. Prints a line of JSON with what there is, then answers each line { name, split, methods? } with the rows of the split, and for each
# method, or those listed, its test score (R^2 or accuracy), seconds, and those of the processor. Columns are standardised for all of them, by the training rows; so
# are the targets of values for MLP and SVR, which would do worse without.
import gzip
import json
import os
import sys
import time

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

shipped = {
    'diabetes': datasets.load_diabetes,
    'wine': datasets.load_wine,
    'breast cancer': datasets.load_breast_cancer,
    'digits': datasets.load_digits,
    'iris': datasets.load_iris,
}
made = {
    'friedman1': lambda: datasets.make_friedman1(500, noise=1, random_state=0),
    'friedman2': lambda: datasets.make_friedman2(500, noise=125, random_state=0),
    'friedman3': lambda: datasets.make_friedman3(500, noise=0.1, random_state=0),
    'moons': lambda: datasets.make_moons(500, noise=0.3, random_state=0),
    'circles': lambda: datasets.make_circles(500, noise=0.2, factor=0.5, random_state=0),
    'three classes': lambda: datasets.make_classification(
        1000, n_informative=10, n_classes=3, random_state=0
    ),
    'hastie': lambda: datasets.make_hastie_10_2(1000, random_state=0),
    # One class lies between the others.
    'nested classes': lambda: datasets.make_gaussian_quantiles(
        n_samples=500, n_features=4, n_classes=3, random_state=6
    ),
}
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
folder = os.environ.get('NONCONVEX_DATA', os.path.join(root, '..', 'shared', 'data'))
# The file, and how many of its rows are taken.
files = {
    'phishing': (os.path.join(folder, 'phishing.libsvm.gz'), 3000),
    'mushrooms': (os.path.join(folder, 'mushrooms.libsvm.gz'), 2000),
    'a9a': (os.path.join(folder, 'a9a.libsvm.gz'), 3000),
}
names = [*shipped, *made, *(name for name, (path, _) in files.items() if os.path.exists(path))]
absent = [
    *(f'{name}: {path} is not here' for name, (path, _) in files.items() if not os.path.exists(path)),
    'covtype and Fashion-MNIST: they are had from a network alone',
]
regressions = ['diabetes', 'friedman1', 'friedman2', 'friedman3']


def rows_of(name):
    path, rows = files[name]
    with gzip.open(path) as file:
        x, y = datasets.load_svmlight_file(file)
    chosen = np.random.RandomState(0).permutation(x.shape[0])[:rows]
    return x[chosen].toarray(), y[chosen]


def data_of(name):
    if name in made:
        return made[name]()
    if name in files:
        return rows_of(name)
    bunch = shipped[name]()
    return bunch.data, bunch.target


def on_standard_targets(regressor):
    return TransformedTargetRegressor(regressor, transformer=StandardScaler())


def methods(name, seed):
    if name in regressions:
        return {
            'linear': RidgeCV(np.logspace(-3, 3, 13)),
            'mlp': on_standard_targets(MLPRegressor(random_state=seed)),
            'svm': on_standard_targets(SVR()),
            'boosting': GradientBoostingRegressor(random_state=seed),
        }
    return {
        'linear': LogisticRegression(),
        'mlp': MLPClassifier(random_state=seed),
        'svm': SVC(),
        'boosting': GradientBoostingClassifier(random_state=seed),
    }


def answer(name, split, only=None):
    x, y = data_of(name)
    classes = name not in regressions
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=0.3, random_state=split, stratify=y if classes else None
    )
    runs = {}
    for method, model in methods(name, split).items():
        if only is not None and method not in only:
            continue
        begin = time.perf_counter()
        began = time.process_time()
        model = make_pipeline(StandardScaler(), model).fit(x_train, y_train)
        took = {'seconds': time.perf_counter() - begin, 'cpu': time.process_time() - began}
        runs[method] = {'score': model.score(x_test, y_test), **took}
    rows = {'x': x_train, 'y': y_train, 'xTest': x_test, 'yTest': y_test}
    return {**{key: value.tolist() for key, value in rows.items()}, 'runs': runs}


if __name__ == '__main__':
    print(json.dumps({'version': sklearn.__version__, 'names': names, 'absent': absent, 'regressions': regressions}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(answer(question['name'], question['split'], question.get('methods'))), flush=True)
