#include "solvers/discrete/learnDag/dag_subsets.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

struct DagSubsets::Tuning {
  static constexpr int most = 31;           ///< safeguard: columns, as subsets are bits
  static constexpr int blockBits = 12;      ///< safeguard: subsets that are looked at between two looks at the clock
  static constexpr std::size_t parts = 16;  ///< safeguard: parts of the tables of a node, for as many threads
  static constexpr int pieceBits = 16;      ///< safeguard: sets that are joined between two looks at the clock
};

namespace {

/// Scores of sets are at most those of the same sets without one member.
NONCONVEX_CLONES void takeLess(std::size_t size, const double* without, double* with) {
  for (std::size_t k = 0; k < size; ++k) with[k] = without[k] < with[k] ? without[k] : with[k];
}

/// out_k = min(out_k, a_k + b_k)
NONCONVEX_CLONES void takeLessSum(std::size_t size, const double* a, const double* b, double* out) {
  for (std::size_t k = 0; k < size; ++k) {
    const double sum = a[k] + b[k];
    out[k] = sum < out[k] ? sum : out[k];
  }
}

/// The bits of a subset that `members` has, moved together.
std::uint32_t movedTogether(std::uint32_t subset, std::uint32_t members) {
  std::uint32_t place = 0, bit = 1;
  for (; members != 0; members &= members - 1, bit <<= 1) {
    if ((subset & members & (0 - members)) != 0) place |= bit;
  }
  return place;
}

}  // namespace

int DagSubsets::most() { return Tuning::most; }

DagSubsets::DagSubsets(const DagConditions& conditions)
    : conditions_(conditions), d_(conditions.count()), low_(std::min(d_, Tuning::blockBits)) {
  if (d_ > Tuning::most) return;
  nodes_.resize(at(d_));
  for (int j = 0; j < d_; ++j) {
    Node& node = nodes_[at(j)];
    for (const int i : conditions.requiredOf(j)) node.required |= 1u << i;
    for (const int i : conditions.optionalOf(j)) node.optional |= 1u << i;
  }
}

double DagSubsets::subsets() const {
  if (d_ > Tuning::most) return infinity;
  double sum = 0;
  for (const Node& node : nodes_) sum += std::ldexp(1, std::popcount(node.optional));
  return sum;
}

double DagSubsets::bytes() const { return 8 * (subsets() + std::ldexp(1, d_)); }

/// Takes memory, which the system clears where it is first written.
void DagSubsets::makeRoom(Node& node) const {
  if (node.best.size() > 0) return;
  node.best = HostBuffer<double>(std::size_t{1} << std::popcount(node.optional), Uninitialized{});
  const std::uint32_t block = 1u << low_, lowMembers = node.optional & (block - 1);
  node.lowBits.resize(block);
  for (std::uint32_t k = 0; k < block; ++k) {
    node.lowBits[k] = static_cast<std::uint16_t>(movedTogether(k, lowMembers));
  }
  node.plainLow = lowMembers == block - 1;
}

bool DagSubsets::step(const Cpu& la, const ScoreTables& tables) {
  if (steps_ < d_) {
    makeRoom(nodes_[at(steps_)]);
    fillNode(la, tables, steps_);
  } else {
    if (least_.size() == 0) least_ = HostBuffer<double>(std::size_t{1} << d_, Uninitialized{});
    joinLayer(la, steps_ - d_);
  }
  return ++steps_ < 2 * d_ - low_ + 1;
}

/// Local scores of all sets of parents, then the least over subsets. Parts are filled and closed for themselves, then
/// joined two by two.
void DagSubsets::fillNode(const Cpu& la, const ScoreTables& tables, int j) {
  const Node& node = nodes_[at(j)];
  const std::size_t size = node.best.size();
  std::size_t part = size;
  while (part > std::size_t{1} << Tuning::blockBits && part > size / Tuning::parts) part /= 2;
  la.tasks(static_cast<int>(size / part), [&](int k) { fillDown(la, tables, j, at(k) * part, part); });
  for (; part < size; part *= 2) {
    const std::size_t piece = std::min(part, std::size_t{1} << Tuning::pieceBits), pieces = part / piece;
    la.tasks(static_cast<int>(size / (2 * piece)), [&](int k) {
      la.checkpoint();
      const std::size_t first = at(k) / pieces * 2 * part + at(k) % pieces * piece;
      takeLess(piece, node.best.data() + first, node.best.data() + first + part);
    });
  }
}

/// A part, halves first, while they are in the cache.
void DagSubsets::fillDown(const Cpu& la, const ScoreTables& tables, int j, std::size_t first, std::size_t size) {
  const Node& node = nodes_[at(j)];
  double* out = node.best.data() + first;
  if (size <= std::size_t{1} << Tuning::blockBits) {
    la.checkpoint();
    tables.fill(j, node.required, node.optional, static_cast<std::uint32_t>(first), {out, size});
    for (std::size_t bit = 1; bit < size; bit *= 2) {
      for (std::size_t k = 0; k < size; k += 2 * bit) takeLess(bit, out + k, out + k + bit);
    }
    return;
  }
  const std::size_t half = size / 2;
  fillDown(la, tables, j, first, half);
  fillDown(la, tables, j, first + half, half);
  takeLess(half, out, out + half);
}

/// Blocks of subsets with the same high bits, of which `size` are 1: these do not need one another.
void DagSubsets::joinLayer(const Cpu& la, int size) {
  std::vector<std::uint32_t> blocks;
  for (std::uint32_t high = 0; high < 1u << (d_ - low_); ++high) {
    if (std::popcount(high) == size) blocks.push_back(high);
  }
  la.tasks(static_cast<int>(blocks.size()), [&](int k) {
    la.checkpoint();
    joinBlock(blocks[at(k)]);
  });
}

/// Last nodes whose bit is high: block after block.
void DagSubsets::addHighNode(const Node& node, std::uint32_t high, std::uint32_t bit) {
  const std::uint32_t block = 1u << low_, rest = high & ~bit;
  if ((node.required & ~rest & ~(block - 1)) != 0) return;
  const double* without = least_.data() + rest;
  const double* best = node.best.data() + placeOf(node, rest);
  double* out = least_.data() + high;
  const std::uint32_t needed = node.required & (block - 1);
  if (node.plainLow) {
    takeLessSum(block, without, best, out);
    return;
  }
  for (std::uint32_t k = 0; k < block; ++k) {
    if ((needed & ~k) == 0) out[k] = std::min(out[k], without[k] + best[node.lowBits[k]]);
  }
}

std::uint32_t DagSubsets::placeOf(const Node& node, std::uint32_t subset) const {
  return movedTogether(subset, node.optional);
}

void DagSubsets::joinBlock(std::uint32_t number) {
  const std::uint32_t high = number << low_, block = 1u << low_;
  double* out = least_.data() + high;
  std::fill_n(out, block, infinity);
  if (number == 0) out[0] = 0;
  for (int j = low_; j < d_; ++j) {
    if (((high >> j) & 1) != 0) addHighNode(nodes_[at(j)], high, 1u << j);
  }
  std::vector<const double*> best(at(low_));
  std::vector<std::uint32_t> needed(at(low_));
  std::uint32_t usable = 0;
  for (int j = 0; j < low_; ++j) {
    const Node& node = nodes_[at(j)];
    best[at(j)] = node.best.data() + placeOf(node, high);
    needed[at(j)] = node.required & (block - 1);
    if ((node.required & ~high & ~(block - 1)) == 0) usable |= 1u << j;
  }
  for (std::uint32_t k = 1; k < block; ++k) {
    double least = out[k];
    for (std::uint32_t lasts = k & usable; lasts != 0; lasts &= lasts - 1) {
      const int j = std::countr_zero(lasts);
      const std::uint32_t rest = k & ~(1u << j);
      if ((needed[at(j)] & ~rest) != 0) continue;
      least = std::min(least, out[rest] + best[at(j)][nodes_[at(j)].lowBits[rest]]);
    }
    out[k] = least;
  }
}

/// The last node of each subset, and its parents: members are left out while the least score stays.
Dag DagSubsets::found(double& score) const {
  score = least_[least_.size() - 1];
  Dag made{.order = std::vector<int>(at(d_)), .parents = std::vector<std::vector<int>>(at(d_))};
  auto subset = static_cast<std::uint32_t>(least_.size() - 1);
  for (int t = d_ - 1; t >= 0; --t) {
    int last = -1;
    double least = infinity;
    for (int j = 0; j < d_; ++j) {
      const std::uint32_t rest = subset & ~(1u << j);
      if (rest == subset || (nodes_[at(j)].required & ~rest) != 0) continue;
      const double value = least_[rest] + nodes_[at(j)].best[placeOf(nodes_[at(j)], rest)];
      if (last >= 0 && value >= least) continue;
      least = value;
      last = j;
    }
    const Node& node = nodes_[at(last)];
    subset &= ~(1u << last);
    made.order[at(t)] = last;
    std::uint32_t place = placeOf(node, subset);
    for (std::uint32_t bits = place; bits != 0; bits &= bits - 1) {
      const std::uint32_t without = place & ~(bits & (0 - bits));
      if (node.best[without] <= node.best[place]) place = without;
    }
    made.parents[at(last)] = conditions_.requiredOf(last);
    for (std::size_t k = 0; k < conditions_.optionalOf(last).size(); ++k) {
      if (((place >> k) & 1) != 0) made.parents[at(last)].push_back(conditions_.optionalOf(last)[k]);
    }
    std::sort(made.parents[at(last)].begin(), made.parents[at(last)].end());
  }
  return made;
}

}  // namespace nonconvex
