#include "methods/propagation/propagation.hpp"

#include <cmath>

#include "core/index.hpp"

namespace nonconvex {

using namespace outward;

namespace {

/// A sum of lower ends, or of negated upper ends, without one of its terms.
struct Sum {
  double finite = 0;
  int infinite = 0;

  void add(double end) {
    if (std::isinf(end)) {
      ++infinite;
    } else {
      finite = sumBelow(finite, end);
    }
  }
  double without(double end) const {
    if (std::isinf(end)) return infinite > 1 ? -infinity : finite;
    return infinite > 0 ? -infinity : sumBelow(finite, -end);
  }
};

}  // namespace

void Propagation::restrict(Sweep& sweep, int column, Interval to) const {
  Interval& now = sweep.box[at(column)];
  Interval next = intersection(now, to);
  if (program_.integer[at(column)]) next = {std::ceil(next.low), std::floor(next.high)};
  if (next.isEmpty()) {
    sweep.empty = true;
    return;
  }
  const double width = now.high - now.low;
  const double move =
      std::isinf(width)
          ? ((next.low > now.low && std::isinf(now.low)) || (next.high < now.high && std::isinf(now.high))) ? 1 : 0
          : ((next.low - now.low) + (now.high - next.high)) / (width > 0 ? width : 1);
  sweep.moved = sweep.moved || move > Tuning::moved;
  now = next;
}

void Propagation::alongRow(Sweep& sweep, const LiftedRow& row) const {
  const std::span<const int> index = program_.indexOf(row);
  Sum low, high;
  for (int k = 0; k < row.count; ++k) {
    const Interval part = multiply(program_.coefficient(row, k), sweep.box[at(index[at(k)])]);
    low.add(part.low);
    high.add(-part.high);
  }
  if (low.infinite > 1 && high.infinite > 1) return;
  for (int k = 0; k < row.count && !sweep.empty; ++k) {
    const Interval factor = program_.coefficient(row, k);
    if (factor.contains(0)) continue;
    const int column = index[at(k)];
    const Interval part = multiply(factor, sweep.box[at(column)]);
    const double others = low.without(part.low), negated = high.without(-part.high);
    const Interval rest = {std::isinf(row.lower) || std::isinf(negated) ? -infinity : sumBelow(row.lower, negated),
                           std::isinf(row.upper) || std::isinf(others) ? infinity : sumAbove(row.upper, -others)};
    if (rest.isEmpty()) {
      sweep.empty = true;
    } else if (rest.low > -infinity || rest.high < infinity) {
      restrict(sweep, column, factor.low == 1 && factor.high == 1 ? rest : divide(rest, factor));
    }
  }
}

void Propagation::alongAtom(Sweep& sweep, const LiftedAtom& atom) const {
  std::vector<Interval>& box = sweep.box;
  const Interval x = box[at(atom.x)];
  if (atom.kind == LiftedAtom::Kind::function) {
    const Interval image = nonconvex::image(atom.function, x);
    if (image.isEmpty()) {
      sweep.empty = true;
      return;
    }
    restrict(sweep, atom.w, image);
    if (!sweep.empty) restrict(sweep, atom.x, preimage(atom.function, box[at(atom.w)], x));
  } else if (atom.kind == LiftedAtom::Kind::product) {
    restrict(sweep, atom.w, multiply(x, box[at(atom.y)]));
    if (!sweep.empty) restrict(sweep, atom.x, divide(box[at(atom.w)], box[at(atom.y)]));
    if (!sweep.empty) restrict(sweep, atom.y, divide(box[at(atom.w)], box[at(atom.x)]));
  }
}

void Propagation::alongObjective(Sweep& sweep, double cutoff) const {
  if (std::isinf(cutoff) || program_.objectiveRow.count == 0) return;
  LiftedRow row = program_.objectiveRow;
  row.upper = sumAbove(cutoff, -program_.objective.constant.low);
  alongRow(sweep, row);
}

bool Propagation::run(std::vector<Interval>& box, double cutoff, int sweeps) const {
  Sweep sweep = {box};
  const auto row = [&](const LiftedRow& each) {
    if (!sweep.empty) alongRow(sweep, each);
  };
  const auto atom = [&](const LiftedAtom& each) {
    if (!sweep.empty) alongAtom(sweep, each);
  };
  for (int k = 0; k < sweeps; ++k) {
    sweep.moved = false;
    for (const LiftedRow& each : program_.rows) row(each);
    for (const LiftedAtom& each : program_.atoms) atom(each);
    if (!sweep.empty) alongObjective(sweep, cutoff);
    for (std::size_t i = program_.atoms.size(); i-- > 0;) atom(program_.atoms[i]);
    for (std::size_t i = program_.rows.size(); i-- > 0;) row(program_.rows[i]);
    if (sweep.empty) return false;
    if (!sweep.moved) break;
  }
  return true;
}

}  // namespace nonconvex
