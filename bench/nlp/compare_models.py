"""Compares solves of models with bounds and inequalities, of bench_nlp_models or bench_ipopt_models, with Ipopt's.

    OPENBLAS_NUM_THREADS=1 bench_ipopt_models 20 auto *.nl > both.jsonl; python3 compare_models.py both.jsonl
    bench_nlp_models 20 auto *.nl > ours.jsonl; python3 compare_models.py ours.jsonl ipopt-reference.json

The reference, where one is given, takes the place of Ipopt's lines. Times of both are only compared where they are of
the same run. With `--table` the slowest beside Ipopt are printed alone, as the table of docs/nlp-linear-algebra.md.
"""

import json
import math
import sys

SOLVED_BY_IPOPT = ('optimal', 'feasibleSquare')
CLASSES = ((50, 'to 50'), (200, 'to 200'), (1000, 'to 1000'), (5000, 'to 5000'), (math.inf, 'above'))
TOLERANCE = 1e-6  # relative, of objectives that are the same


def read(results, reference):
    ours, theirs = {}, {}
    with open(results, encoding='utf-8') as lines:
        for line in lines:
            run = json.loads(line)
            (ours if run['solver'] == 'ours' else theirs)[run['name']] = run
    if reference is not None:
        with open(reference, encoding='utf-8') as file:
            theirs = json.load(file)
    return ours, theirs


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def solved(run):
    return run['status'] == 'solved'


def solved_by_ipopt(run):
    return run['status'] in SOLVED_BY_IPOPT


def worse(f, g, maximise):
    """Whether f is a worse objective than g, beyond rounding."""
    gap = (g - f if maximise else f - g) / max(1, abs(f), abs(g))
    return gap > TOLERANCE


def print_counts(ours, theirs, names):
    statuses = {}
    for name in names:
        status = ours[name]['status']
        statuses[status] = statuses.get(status, 0) + 1
    print(f'{len(names)} models; statuses: {dict(sorted(statuses.items()))}')
    both = [name for name in names if solved(ours[name]) and solved_by_ipopt(theirs[name])]
    won = [name for name in names if solved(ours[name]) and not solved_by_ipopt(theirs[name])]
    lost = [name for name in names if not solved(ours[name]) and solved_by_ipopt(theirs[name])]
    print(f'solved: {len(both) + len(won)}, by Ipopt {len(both) + len(lost)}, by both {len(both)}')
    print(f'lost {len(lost)}:')
    for name in lost:
        run = ours[name]
        print(f'  {name}: {run["status"]} {run.get("phase", "")}, residual {run.get("residual")}, {run.get("iterations")} iterations')
    print(f'won {len(won)}:')
    for name in won:
        print(f'  {name}: Ipopt {theirs[name]["status"]}, {ours[name]["phases"]} phases')
    return both


def print_classes(ours, theirs, both):
    print('n + m        models  time ratio  largest  iterations ratio   (Ipopt / ours, ours / Ipopt, ours / Ipopt)')
    bounds = [(0 if k == 0 else CLASSES[k - 1][0], most, title) for k, (most, title) in enumerate(CLASSES)]
    bounds += [(0, 200, 'at most 200'), (200, math.inf, 'above 200'), (0, math.inf, 'all')]
    for least, most, title in bounds:
        names = [name for name in both if least < size(ours[name]) <= most]
        if not names:
            continue
        times = [theirs[name]['seconds'] / ours[name]['seconds'] for name in names if theirs[name]['seconds'] > 0]
        steps = [max(1, ours[name]['iterations']) / max(1, theirs[name]['iterations']) for name in names]
        print(
            f'{title:12} {len(names):6} {geometric_mean(times):11.3g} {1 / min(times):8.3g} {geometric_mean(steps):17.3g}'
        )


def size(run):
    return run['n'] + run['m']


def print_objectives(ours, theirs, both, maximised):
    for title, first, second in (('worse', ours, theirs), ('better', theirs, ours)):
        found = [n for n in both if worse(first[n]['objective'], second[n]['objective'], n in maximised)]
        print(f'{title} objective {len(found)}:')
        for name in found:
            print(f'  {name}: {ours[name]["objective"]:.10g}, Ipopt {theirs[name]["objective"]:.10g}')


def print_quality(ours):
    runs = [run for run in ours.values() if solved(run)]
    polished = sum(run['polished'] == 'yes' for run in runs)
    strict = [run for run in runs if run['degenerate'] == 'no']
    sharp = sum(run['unscaledResidual'] <= 1e-10 for run in strict)
    sharp_scaled = sum(run['residual'] <= 1e-10 for run in strict)
    violated = sum(run['violation'] > 1e-8 for run in runs)
    later = sum(run['phases'] > 1 for run in runs)
    print(f'solved {len(runs)}: polished {polished}, degenerate {len(runs) - len(strict)}, violation above 1e-8 {violated}')
    print(f'of the others, residual at most 1e-10: {sharp_scaled}, without scaling {sharp}; more than one phase: {later}')


def print_slowest(ours, theirs, both, count=20):
    print(f'slowest {count}, of ours and by the ratio to Ipopt:')
    by_time = sorted(ours.values(), key=lambda run: -(run.get('seconds') or 0))[:count]
    for run, name in zip(by_time, slowest_beside(ours, theirs, both, count), strict=False):
        left = f'{run["name"]:12} {run.get("seconds") or 0:8.3f} s {run["status"]:14} {run.get("iterations", 0):5}'
        print(f'  {left}   {name:12} {ratio(ours[name], theirs[name]):8.3f} ({ours[name]["seconds"]:.4f} s)')


def ratio(run, their):
    return run['seconds'] / max(their['seconds'], 1e-9)


def slowest_beside(ours, theirs, both, count):
    return sorted(both, key=lambda name: -ratio(ours[name], theirs[name]))[:count]


def reason(run, their):
    """Why our solve takes long beside Ipopt's, by its counts."""
    iterations = max(1, run['iterations'])
    steps = iterations / max(1, their['iterations'])
    factorizations = run['factorizations'] / iterations
    found = []
    if run['phases'] > 1:
        found.append(f'{run["phases"]:.0f} attempts, of which the last succeeds')
    if steps >= 1.3:
        found.append(f'{steps:.1f} times the iterations')
    if run['restoration'] > 0.2 * iterations:
        found.append(f'{run["restoration"] / iterations:.0%} of them in restorations')
    if factorizations >= 1.5:
        newton = run['phase'] == 'newton'
        why = 'to find the least shift' if newton else 'shifts, pivots that were suspected, polish'
        found.append(f'{factorizations:.1f} factorisations an iteration ({why})')
    if run['derivatives'] > 0.6 * (run['derivatives'] + run['linearAlgebra']):
        found.append('functions take most of the time')
    if abs(run['objective'] - their['objective']) > 1e-6 * max(1, abs(run['objective']), abs(their['objective'])):
        found.append('another local minimum')
    return '; '.join(found) or 'the time of a factorisation'


def print_table(ours, theirs, both, count=20):
    print('| model | n + m | seconds | Ipopt | ratio | iterations | Ipopt | why |')
    print('| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |')
    for name in slowest_beside(ours, theirs, both, count):
        run, their = ours[name], theirs[name]
        print(
            f'| {name} | {size(run)} | {run["seconds"]:.3g} | {their["seconds"]:.3g} | {ratio(run, their):.2f} '
            f'| {run["iterations"]} | {their["iterations"]} | {reason(run, their)} |'
        )


def main():
    table = '--table' in sys.argv
    paths = [path for path in sys.argv[1:] if path != '--table']
    ours, theirs = read(paths[0], paths[1] if len(paths) > 1 else None)
    names = sorted(name for name in ours if name in theirs)
    if table:
        both = [name for name in names if solved(ours[name]) and solved_by_ipopt(theirs[name])]
        print_table(ours, theirs, both)
        return
    maximised = {name for name in names if ours[name].get('maximise') == 'yes'}
    both = print_counts(ours, theirs, names)
    print_classes(ours, theirs, both)
    print_objectives(ours, theirs, both, maximised)
    print_quality(ours)
    print_slowest(ours, theirs, both)


if __name__ == '__main__':
    main()
