"""Writes variations of AMPL models in text form: what is solved only as it was written shows there.

    python3 vary_models.py FOLDER MOST_BYTES MODEL.nl...

Of each model five files in FOLDER, with __p1 and so on behind its name: two random starts (p1, p2: each entry moved by a tenth of
its size, of at least 0.1 or 1), the start 0 (z0), inequalities and bounds up to a twentieth wider (w5), and up to a fiftieth narrower,
which may be infeasible (n2). Then

    OPENBLAS_NUM_THREADS=1 bench_nlp_models 10 auto FOLDER/*.nl > ours.jsonl
"""

import os
import random
import re
import sys


def words(line):
    return line.split('#')[0].split()


def read(path):
    """Lines of a model, its n and m, and where the segments of start, bounds and sides begin; None if it is binary."""
    with open(path, 'rb') as file:
        text = file.read()
    if not text.startswith(b'g'):
        return None
    lines = text.decode().split('\n')
    n, m = map(int, words(lines[1])[:2])
    segments = {}
    for k, line in enumerate(lines[10:], 10):
        name = line.split('#')[0].strip()
        if re.fullmatch(r'x\d+|b|r', name):
            segments.setdefault(name[0], k)
    return lines, n, m, segments


def start_of(lines, n, segments):
    x = [0.0] * n
    if 'x' not in segments:
        return x, 0
    count = int(words(lines[segments['x']])[0][1:])
    for line in lines[segments['x'] + 1 : segments['x'] + 1 + count]:
        j, value = words(line)
        x[int(j)] = float(value)
    return x, count


def moved(side, share):
    """A line of b or r with its inequalities wider by a share of their numbers, or narrower; equations stay."""
    kind = side[0]
    if kind == '0' and float(side[2]) > float(side[1]):
        low, high = float(side[1]), float(side[2])
        by = share * min(max(0.1, abs(low), abs(high)), high - low)
        return [kind, repr(low - by), repr(high + by)]
    if kind in '12':
        value = float(side[1])
        by = share * max(0.1, abs(value))
        return [kind, repr(value + by if kind == '1' else value - by)]
    return side


def vary(path, folder):
    model = read(path)
    if model is None:
        return
    lines, n, m, segments = model
    name = os.path.basename(path)[: -len('.nl')]
    x, given = start_of(lines, n, segments)
    rnd = random.Random(name)

    def write(tag, start, share=0.0):
        text = list(lines)
        for segment, count in (('b', n), ('r', m)):
            for k in range(count if share and segment in segments else 0):
                at = segments[segment] + 1 + k
                text[at] = ' '.join(moved(words(text[at]), share * rnd.random()))
        at = segments.get('x', segments['b'])
        text[at : at + (1 + given if 'x' in segments else 0)] = [f'x{n}', *(f'{j} {start[j]!r}' for j in range(n))]
        with open(os.path.join(folder, f'{name}__{tag}.nl'), 'w', encoding='ascii') as file:
            file.write('\n'.join(text))

    for tag, least in (('p1', 0.1), ('p2', 1.0)):
        write(tag, [value + 0.1 * max(abs(value), least) * rnd.uniform(-1, 1) for value in x])
    write('z0', [0.0] * n)
    write('w5', x, 0.05)
    write('n2', x, -0.02)


def main():
    folder, most = sys.argv[1], int(sys.argv[2])
    os.makedirs(folder, exist_ok=True)
    for path in sys.argv[3:]:
        if os.path.getsize(path) <= most:
            vary(path, folder)


if __name__ == '__main__':
    main()
