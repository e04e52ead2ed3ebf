#include "linalg/sparse/ldl_sparse.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "linalg/equilibrate.hpp"
#include "linalg/sparse/assembly_tree.hpp"
#include "linalg/sparse/column_stretches.hpp"
#include "linalg/sparse/pivot_scaling.hpp"
#include "linalg/sparse/plain_fronts.hpp"
#include "linalg/vector_kernels.hpp"

namespace nonconvex {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

constexpr int scaledAtOnce = 64;  // columns

/// Writes columns [begin, end) of S A S to `scaled` and their largest entries to `maxima`; false if one is not finite.
bool scaleColumns(const SparsePattern& lower, int begin, int end, std::span<const double> values,
                  std::span<const double> scale, std::span<double> maxima, std::span<double> scaled) {
  bool finite = true;
  for (int j = begin; j < end; ++j) {
    const double s = scale[at(j)];
    double own = 0;
    for (std::size_t k = at(lower.offsets[at(j)]); k < at(lower.offsets[at(j) + 1]); ++k) {
      const std::size_t i = at(lower.indices[k]);
      scaled[k] = values[k] * s * scale[i];
      const double x = std::abs(scaled[k]);
      finite = finite & (x <= std::numeric_limits<double>::max());
      maxima[i] = std::max(maxima[i], x);
      own = std::max(own, x);
    }
    maxima[at(j)] = std::max(maxima[at(j)], own);
  }
  return finite;
}

/// Does the work of `scaleColumns` for `count` columns of a stretch, whose first one has these rows.
NONCONVEX_CLONES bool scaleStretch(std::span<const int> rows, int begin, int count, const double* values,
                                   const double* scale, double* maxima, double* __restrict scaled) {
  double sizes[ColumnStretches::longest][scaledAtOnce], own[scaledAtOnce], total[scaledAtOnce] = {};
  const int period = static_cast<int>(rows.size());
  withPeriod(
      period, [&]<int fixed>() __attribute__((always_inline)) {
        const int stride = fixed > 0 ? fixed : period;
        for (int r = 0; r < count; ++r) {
          double most = 0, sum = 0;
#pragma GCC unroll 4
          for (int q = 0; q < stride; ++q) {
            const double value = values[r * stride + q] * scale[begin + r] * scale[rows[at(q)] + r];
            scaled[r * stride + q] = value;
            const double size = sizes[q][r] = std::abs(value);
            most = most < size ? size : most;
            sum += 0 * size;  // 0 or NaN
          }
          own[r] = most;
          total[r] = sum;
        }
      });
  // Rows that are columns here get their largest entry in one go: a load that spans two recent stores would wait.
  for (int q = 0; q < period; ++q) {
    const int below = rows[at(q)] - begin, inside = std::max(0, count - below);
    if (below == 0) continue;
    for (int r = 0; r < inside; ++r) own[below + r] = std::max(own[below + r], sizes[q][r]);
    double* most = maxima + rows[at(q)];
    for (int r = inside; r < count; ++r) most[r] = std::max(most[r], sizes[q][r]);
  }
  for (int r = 0; r < count; ++r) maxima[begin + r] = std::max(maxima[begin + r], own[r]);
  for (int half = scaledAtOnce / 2; half > 0; half /= 2) {
    for (int r = 0; r < half; ++r) total[r] += total[r + half];
  }
  return total[0] == 0;
}

/// Returns true if all numbers are 0 or in [1 / slack, slack]. Bits, since loops without branches need not wait.
NONCONVEX_CLONES bool allWithin(const double* x, std::size_t size, double slack) {
  long long outside = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const double value = x[i] == 0 ? 1 : x[i];
    outside |= (value * slack >= 1) & (value <= slack) ? 0 : 1;
  }
  return outside == 0;
}

/// 1 if an order is that of the variables, -1 if it is the opposite one, otherwise 0.
int stepOf(std::span<const int> order) {
  for (const int step : {1, -1}) {
    bool same = order.size() > 1;
    for (std::size_t k = 1; same && k < order.size(); ++k) same = order[k] == order[k - 1] + step;
    if (same) return step;
  }
  return 0;
}

/// to[k] = from[order[k]] scale[order[k]]; `step` is that of the order, since loops without a list are quicker.
NONCONVEX_CLONES void gatherScaled(const int* order, int step, int size, const double* from, const double* scale,
                                   double* __restrict to) {
  if (step == 1) {
    for (int k = 0; k < size; ++k) to[k] = from[k] * scale[k];
  } else if (step == -1) {
    for (int k = 0; k < size; ++k) to[k] = from[size - 1 - k] * scale[size - 1 - k];
  } else {
    for (int k = 0; k < size; ++k) to[k] = from[order[k]] * scale[order[k]];
  }
}

/// to[order[k]] = from[k] scale[order[k]]; `step` as in the function above.
NONCONVEX_CLONES void scatterScaled(const int* order, int step, int size, const double* from, const double* scale,
                                    double* __restrict to) {
  if (step == 1) {
    for (int k = 0; k < size; ++k) to[k] = from[k] * scale[k];
  } else if (step == -1) {
    for (int k = 0; k < size; ++k) to[k] = from[size - 1 - k] * scale[k];
  } else {
    for (int k = 0; k < size; ++k) to[order[k]] = from[k] * scale[order[k]];
  }
}

/// Finds S, from `first` on, such that the rows of S A S have a largest entry within [1 / slack, slack] (Ruiz 2001),
/// and writes S A S to `scaled`. Returns S: `first` itself where that will do, or `own`. None if a value is not finite.
std::optional<std::span<const double>> equilibrate(const SparsePattern& lower, const ColumnStretches& stretches,
                                                   std::span<const double> values, double slack,
                                                   std::span<const double> first, std::span<double> own,
                                                   std::span<double> maxima, std::span<double> scaled, const Cpu& la) {
  constexpr int mostPasses = 8;
  std::span<const double> scale = first;
  for (int pass = 0;; ++pass) {
    la.checkpoint();
    std::fill(maxima.begin(), maxima.end(), 0.0);
    bool finite = true, within = true;
    const auto look = [&](int begin, int end) {  // no later column has an entry in these rows
      within = within && allWithin(maxima.data() + begin, at(end - begin), slack);
    };
    stretches.forEach(
        lower.lines, scaledAtOnce,
        [&](int begin, int end) {
          finite = finite & scaleColumns(lower, begin, end, values, scale, maxima, scaled);
          look(begin, end);
        },
        [&](int begin, int end) {
          const std::size_t place = at(lower.offsets[at(begin)]);
          finite = finite & scaleStretch(lower.line(begin), begin, end - begin, values.data() + place, scale.data(),
                                         maxima.data(), scaled.data() + place);
          look(begin, end);
        });
    if (!finite) return std::nullopt;
    if (pass == mostPasses || within) return scale;
    for (std::size_t i = 0; i < own.size(); ++i) own[i] = scale[i] * inverseRoot(maxima[i]);
    scale = own;
  }
}

constexpr std::size_t columnsAtOnce = 1 << 15;  // between two looks at whether to go on

/// Scales the rows of |S A S| to sum 1, as far as a few passes of Ruiz's iteration do, and rounds S to powers of two.
/// Unlike scales by the largest entries, these hardly depend on where the iteration starts: it undoes bad units of
/// variables.
std::vector<double> balance(const SparsePattern& lower, std::span<const double> values, const Cpu& la) {
  constexpr int mostPasses = 40;
  const std::size_t n = at(lower.lines);
  std::vector<double> scale(n, 1.0), sums(n);
  for (int pass = 0; pass < mostPasses; ++pass) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t j = 0; j < n; ++j) {
      if (j % columnsAtOnce == 0) la.checkpoint();
      for (std::size_t k = at(lower.offsets[j]); k < at(lower.offsets[j + 1]); ++k) {
        const std::size_t i = at(lower.indices[k]);
        const double x = std::abs(values[k]) * scale[i] * scale[j];
        if (!std::isfinite(x)) return std::vector<double>(n, 1.0);
        sums[i] += x;
        if (i != j) sums[j] += x;
      }
    }
    bool done = true;
    for (std::size_t i = 0; i < n; ++i) {
      if (sums[i] == 0) continue;
      done = done && sums[i] > 0.7 && sums[i] < 1.4;
      scale[i] /= std::sqrt(sums[i]);
    }
    if (done) break;
  }
  for (double& s : scale) s = inverseRoot(1 / s / s);
  return scale;
}

/// Variables with a small diagonal, each with a neighbour by a large entry: the largest ones first.
std::vector<int> choosePartners(const SparsePattern& lower, std::span<const double> scaled, const Cpu& la) {
  constexpr double small = 0.01;
  constexpr double large = 0.1;
  const int n = lower.lines;
  std::vector<int> partner(at(n));
  std::vector<double> diagonal(at(n), 0.0);
  const auto forEntries = [&](auto&& f) {
    for (int j = 0; j < n; ++j) {
      if (at(j) % columnsAtOnce == 0) la.checkpoint();
      for (int k = lower.offsets[at(j)]; k < lower.offsets[at(j) + 1]; ++k) {
        f(lower.indices[at(k)], j, std::abs(scaled[at(k)]));
      }
    }
  };
  forEntries([&](int i, int j, double x) {
    if (i == j) diagonal[at(i)] = x;
  });
  struct Pair {
    double size;
    int i, j;
  };
  std::vector<Pair> pairs;
  forEntries([&](int i, int j, double x) {
    if (i != j && x >= large && std::min(diagonal[at(i)], diagonal[at(j)]) < small * x) pairs.push_back({x, i, j});
  });
  la.checkpoint();
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.size > b.size; });
  for (int i = 0; i < n; ++i) partner[at(i)] = i;
  for (const Pair& pair : pairs) {
    if (partner[at(pair.i)] != pair.i || partner[at(pair.j)] != pair.j) continue;
    partner[at(pair.i)] = pair.j;
    partner[at(pair.j)] = pair.i;
  }
  return partner;
}

}  // namespace

class SparseLdl::Implementation {
 public:
  Implementation(const SparsePattern& lower, std::span<const double> sample, const Cpu& la, OrderSearch search)
      : la_(la), lower_(lower), stretches_(lower) {
    const std::size_t n = at(lower.lines);
    const auto look = [this] { la_.checkpoint(); };
    checkPattern(sample);
    sampleScale_ = balance(lower_, sample, la);
    resizeInPieces(maxima_, n, look);
    scaled_ = HostBuffer<double>(lower.nonzeros());
    touchInPieces(scaled_.data(), scaled_.size(), look);
    scale_ = sampleScale_;
    la_.checkpoint();
    if (equilibrate(lower_, stretches_, sample, 16, sampleScale_, scale_, maxima_, scaledValues(), la_)) {
      sampleScale_ = scale_;
    } else {
      std::fill(sampleScale_.begin(), sampleScale_.end(), 1.0);
      std::fill(scaled_.data(), scaled_.data() + scaled_.size(), 0.0);
    }
    partner_ = choosePartners(lower_, scaledValues(), la_);
    la_.checkpoint();
    plan_ = planFactorisation(lower_, partner_, la, search);
    orderStep_ = stepOf(plan_.order);
    settled_ = search == OrderSearch::brief;
    const int slots = std::min(la.threads(), static_cast<int>(plan_.subtrees.size()));
    requireMemory(8.0 * static_cast<double>(plan_.factorSize + plan_.keptSize + at(slots) * plan_.stackSize),
                  ofOrder());  // before much is asked for: systems promise more than they have
    factor_ = HostBuffer<double>(plan_.factorSize, Uninitialized{});
    kept_ = HostBuffer<double>(plan_.keptSize, Uninitialized{});
    resizeInPieces(diagonal_, n, look);
    resizeInPieces(below_, n, look);
    resizeInPieces(labels_, n, look);
    resizeInPieces(states_, plan_.fronts.size(), look);
    resizeInPieces(outcomes_, plan_.fronts.size(), look);
    resizeInPieces(sequence_, plan_.fronts.size(), look);
    std::iota(sequence_.begin(), sequence_.end(), 0);
    makeWorkspaces(slots);
    resizeInPieces(owed_, plan_.rows.size(), look);
    for (std::vector<double>* vector : {&x_, &chained_, &residual_, &bound_, &best_}) resizeInPieces(*vector, n, look);
  }

  Inertia factor(std::span<const double> values, double threshold, PivotEffort effort) {
    require(values.size() == lower_.nonzeros(), "values", values.size(), "expected one for each entry of the pattern");
    require(threshold > 0 && threshold <= 0.5, "threshold", threshold, "expected a number in (0, 0.5]");
    accepted_ = {threshold, effort == PivotEffort::regular};
    valid_ = false;
    if (!scaleValues(values)) return {.undefined = order()};
    while (!eliminateTree(limitsOf(effort))) {
      works_[level_] = infinity;
      if (!mayChangeScaling()) {
        if (!settled_) level_ = 0;
        return {.zero = order(), .givenUp = true};
      }
      ++level_;
      scaleValues(values);
    }
    const Inertia inertia = sumUp();
    chooseScaling();
    valid_ = inertia.undefined == 0;
    return valid_ ? inertia : Inertia{.undefined = order()};
  }

  void solve(std::span<const double> b, std::span<double> solution) const {
    require(b.size() == at(order()), "size of b", b.size(), "expected the order of the matrix");
    require(valid_, "factorisation", "none", "expected one of finite values");
    double* x = x_.data();
    gatherScaled(plan_.order.data(), orderStep_, order(), b.data(), chosenScale_, x);
    const auto operations = static_cast<double>(plan_.factorSize);
    const Cpu serial = la_.serial();
    forSubtrees(operations, [&](const AssemblyTree::Subtree& tree, Slot& slot) {
      forwardAll(serial, frontsOf(tree), x, slot.workspace.data());
    });
    forwardAll(la_, plan_.top, x, topWorkspace_.data());
    backwardAll(la_, plan_.top, x, topWorkspace_.data());
    forSubtrees(operations, [&](const AssemblyTree::Subtree& tree, Slot& slot) {
      backwardAll(serial, frontsOf(tree), x, slot.workspace.data());
    });
    scatterScaled(plan_.order.data(), orderStep_, order(), x, chosenScale_, solution.data());
  }

  Refinement refine(std::span<const double> values, std::span<const double> b, std::span<double> x, int mostSteps,
                    double enough) const {
    solve(b, x);
    Refinement result{.backwardError = residual(values, b, x)};
    while (result.steps < mostSteps && result.backwardError > enough) {
      std::copy(x.begin(), x.end(), best_.begin());
      solve(residual_, residual_);
      for (std::size_t i = 0; i < x.size(); ++i) x[i] += residual_[i];
      const double error = residual(values, b, x);
      if (!(error < result.backwardError)) {
        std::copy(best_.begin(), best_.end(), x.begin());
        break;
      }
      const bool slow = error > 0.5 * result.backwardError;
      result.backwardError = error;
      ++result.steps;
      if (slow) break;
    }
    return result;
  }

  int order() const { return lower_.lines; }
  double factorEntries() const {
    double entries = 0;
    for (const FrontPlan& f : plan_.fronts) {
      entries += static_cast<double>(f.columns) * f.rows + 0.5 * f.columns * (f.columns + 1.0);
    }
    return entries;
  }
  double flops() const { return plan_.flops; }
  int delayed() const { return delayed_; }

 private:
  /// How far the scaling for pivots may depart from equilibration: not at all; so that pivots of 1e-2 do not wait; and
  /// so on. It costs a pass over the values, and ranks of nearly dependent rows are less certain: so it is taken where
  /// pivots wait so often that a factorisation costs clearly more than planned.
  static constexpr std::array spreads{1.0, 10.0, 1e3, 1e5};

  static constexpr int smallRows = 128;  // rows of a front that a vector is solved with in one go

  // Fronts between two looks at whether to go on: plain ones that a vector is solved with, and others.
  static constexpr std::size_t solvedAtOnce = 1 << 13, generalAtOnce = 16;

  /// The pivots that are taken.
  struct Accepted {
    double threshold = safeThreshold;
    bool regular = false;  ///< no column counts as zero
  };

  /// Operations at which a factorisation is given up.
  struct WorkLimits {
    double ofAFront = infinity;
    double ofWaiting = infinity;  ///< operations on a front and those below it from which columns wait
  };

  /// A front after its elimination.
  struct State {
    int columns = 0;  ///< number of columns, the ones that were delayed in children included
    int eliminated = 0;
    Mat<double> factor;
    int* labels = nullptr;  ///< places in the order of its columns
    PivotBlocks pivots;
    Mat<double> contribution;  ///< columns left, and their rows
    Inertia inertia;
    // Own memory, where delayed pivots make the front larger than planned.
    HostBuffer<double> extraFactor, extraContribution, extraPivots;
    std::vector<int> extraLabels;
  };

  /// The memory in which one thread works on a subtree: small, and warm from the last one.
  struct Slot {
    HostBuffer<double> stack;  ///< contributions
    HostBuffer<double> workspace;
    bool taken = false;
  };

  /// f(subtree, slot) for all subtrees.
  template <class F>
  void forSubtrees(double operations, F&& f) const {
    la_.tasks(
        static_cast<int>(plan_.subtrees.size()),
        [&](int t) {
          Slot* slot = nullptr;
          {
            const std::lock_guard lock(slotsMutex_);
            slot = &*std::find_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.taken; });
            slot->taken = true;
          }
          const auto giveBack = [&] {
            const std::lock_guard lock(slotsMutex_);
            slot->taken = false;
          };
          try {
            f(plan_.subtrees[at(t)], *slot);
          } catch (...) {
            giveBack();
            throw;
          }
          giveBack();
        },
        operations);
  }

  /// Memory for `slots` threads on subtrees, and for the top.
  void makeWorkspaces(int slots) {
    int most = 0, largest = 0;
    for (const AssemblyTree::Subtree& tree : plan_.subtrees) {
      for (int f = tree.begin; f < tree.end; ++f) largest = std::max(largest, plan(f).order());
    }
    for (const FrontPlan& f : plan_.fronts) most = std::max(most, f.order());
    for (int s = 0; s < slots; ++s) {
      slots_.push_back({.stack = HostBuffer<double>(plan_.stackSize, Uninitialized{}),
                        .workspace = HostBuffer<double>(eliminationWorkspace(largest, largest), Uninitialized{})});
    }
    topWorkspace_ = HostBuffer<double>(eliminationWorkspace(most, most), Uninitialized{});
  }

  /// Equilibrates the values; false if one is not finite.
  bool scaleValues(std::span<const double> values) {
    const auto scale = equilibrate(lower_, stretches_, values, 16, sampleScale_, scale_, maxima_, scaledValues(), la_);
    if (!scale) return false;
    chosenScale_ = scale->data();
    if (level_ == 0) return true;
    if (chosenScale_ != scale_.data()) std::copy(sampleScale_.begin(), sampleScale_.end(), scale_.begin());
    chosenScale_ = scale_.data();
    if (!pivotScaling_) pivotScaling_.emplace(lower_, plan_.order, partner_);
    pivotScaling_->apply(spreads[level_], scale_, scaledValues());
    return true;
  }

  /// False if it was given up, since pivots that wait make a front, or many in a row, too large.
  bool eliminateTree(const WorkLimits& limits) {
    limits_ = limits;
    const Cpu serial = la_.serial();
    std::atomic<bool> done = true;
    forSubtrees(plan_.flops, [&](const AssemblyTree::Subtree& tree, Slot& slot) {
      if (!eliminateAll(serial, frontsOf(tree), slot.stack.data(), slot.workspace)) done = false;
    });
    return done && eliminateAll(la_, plan_.top, nullptr, topWorkspace_);
  }

  /// Inertia, pivots that waited and work of the fronts.
  Inertia sumUp() {
    Inertia inertia;
    delayed_ = 0;
    work_ = 0;
    for (std::size_t f = 0; f < outcomes_.size(); ++f) {
      const FrontOutcome& outcome = outcomes_[f];
      if (outcome.chain) {
        const int links = plan_.fronts[f].chain;
        inertia.positive += links * FrontPlan::linkColumns - outcome.negative;
        inertia.negative += outcome.negative;
        work_ += links * plan_.fronts[f].flops();
        f += at(links) - 1;
        continue;
      }
      if (outcome.plain) {
        inertia.positive += plan_.fronts[f].columns - outcome.negative;
        inertia.negative += outcome.negative;
        work_ += plan_.fronts[f].flops();
        continue;
      }
      inertia += states_[f].inertia;
      work_ += eliminationFlops(states_[f].eliminated, states_[f].columns + plan_.fronts[f].rows);
      if (plan_.fronts[f].parent < 0) {
        inertia.undefined += outcome.left;
      } else {
        delayed_ += outcome.left;
      }
    }
    return inertia;
  }

  /// More operations than this are too many, be it for a front or for all.
  double mostWork() const { return 5e6 + 1.1 * plan_.flops; }

  /// Returns true if the next scaling may be tried when pivots wait too often.
  bool mayChangeScaling() const { return !settled_ && level_ + 1 < spreads.size(); }

  WorkLimits limitsOf(PivotEffort effort) const {
    const double planned = 20 * plan_.flops;
    const WorkLimits far{.ofAFront = 1e9 + planned, .ofWaiting = 1e8 + planned};
    if (mayChangeScaling()) return {mostWork(), far.ofWaiting};
    return effort == PivotEffort::bounded ? far : WorkLimits{};
  }

  /// Chooses the scaling of the next factorisation: the next one if there was too much work, the best one if all were
  /// tried.
  void chooseScaling() {
    works_[level_] = work_;
    if (settled_ || work_ <= mostWork()) return;
    if (mayChangeScaling()) {
      ++level_;
    } else {
      level_ = static_cast<std::size_t>(std::min_element(works_.begin(), works_.end()) - works_.begin());
      settled_ = true;
    }
  }

  const FrontPlan& plan(int f) const { return plan_.fronts[at(f)]; }
  std::span<const int> frontsOf(const AssemblyTree::Subtree& tree) const {
    return std::span(sequence_).subspan(at(tree.begin), at(tree.end - tree.begin));
  }
  FrontMemory memory(double* stack) const {
    FrontMemory memory{.plan = plan_,
                       .scaled = scaled_.data(),
                       .factor = factor_.data(),
                       .kept = kept_.data(),
                       .stack = stack,
                       .diagonal = diagonal_.data(),
                       .below = below_.data(),
                       .chained = chained_.data(),
                       .outcomes = outcomes_.data(),
                       .threshold = accepted_.threshold};
    if (accepted_.regular) {
      memory.thresholdOfRoots = accepted_.threshold;
      memory.zeroShare = 0;
    }
    return memory;
  }

  /// Eliminates fronts one after the other: runs of small ones in one go, which saves most of their time.
  /// False if one is too large.
  bool eliminateAll(const Cpu& la, std::span<const int> fronts, double* stack, HostBuffer<double>& workspace) {
    constexpr std::size_t most = 1024;  // between two looks at whether to go on
    const FrontMemory shared = memory(stack);
    for (std::size_t k = 0, general = 0; k < fronts.size();) {
      const std::size_t plain = eliminatePlain(shared, fronts.subspan(k), most);
      if (plain > 0 || general++ % generalAtOnce == 0) la_.checkpoint();
      k += plain;
      if (plain < most && k < fronts.size() && !process(la, fronts[k++], stack, workspace)) return false;
    }
    return true;
  }

  void forwardAll(const Cpu& la, std::span<const int> fronts, double* x, double* y) const {
    const FrontMemory shared = memory(nullptr);
    for (std::size_t k = 0, general = 0; k < fronts.size();) {
      const std::size_t plain = forwardPlain(shared, fronts.subspan(k), solvedAtOnce, x, owed_.data());
      if (plain >= solvedAtOnce || ++general % generalAtOnce == 0) la.checkpoint();
      k += plain;
      if (plain < solvedAtOnce && k < fronts.size()) forward(la, fronts[k++], x, y);
    }
  }

  void backwardAll(const Cpu& la, std::span<const int> fronts, double* x, double* y) const {
    const FrontMemory shared = memory(nullptr);
    for (std::size_t k = fronts.size(), general = 0; k > 0;) {
      const std::size_t plain = backwardPlain(shared, fronts.first(k), solvedAtOnce, x);
      if (plain >= solvedAtOnce || ++general % generalAtOnce == 0) la.checkpoint();
      k -= plain;
      if (plain < solvedAtOnce && k > 0) backward(la, fronts[--k], x, y);
    }
  }
  std::span<double> scaledValues() const { return {scaled_.data(), scaled_.size()}; }

  void checkPattern(std::span<const double> sample) const {
    require(lower_.lines == lower_.width, "columns", lower_.lines, "expected as many as rows");
    require(sample.size() == lower_.nonzeros(), "values", sample.size(), "expected one for each entry of the pattern");
    constexpr std::size_t most = std::size_t{1} << 30;
    if (lower_.nonzeros() >= most) {
      throw Error(ErrorKind::solver, show(lower_.nonzeros()) + " entries of a matrix are too many to analyse",
                  "TOO_LARGE");
    }
    for (int j = 0; j < lower_.lines; ++j) {
      if (at(j) % columnsAtOnce == 0) la_.checkpoint();
      for (const int i : lower_.line(j)) {
        if (i >= j && i < lower_.lines) continue;
        require(false, "row of an entry of column " + show(j), i, "expected the lower triangle");
      }
    }
  }

  std::string ofOrder() const { return "a factorisation of a matrix of order " + show(lower_.lines) + " needs"; }

  /// Drops what is in the buffer if it must grow: by half at least, so that it rarely does.
  void reserve(HostBuffer<double>& buffer, std::size_t size) const {
    if (buffer.size() >= size) return;
    const std::size_t larger = std::max(size, buffer.size() + buffer.size() / 2);
    buffer = HostBuffer<double>();
    requireMemory(8.0 * static_cast<double>(larger), ofOrder());
    buffer = HostBuffer<double>(larger, Uninitialized{});
  }

  /// `stack`: for its contribution if that is not kept. False, and nothing done, if the front is too large.
  bool process(const Cpu& la, int f, double* stack, HostBuffer<double>& workspace) {
    const FrontPlan& me = plan(f);
    State& state = states_[at(f)];
    FrontOutcome& outcome = outcomes_[at(f)];
    int delayed = 0;
    double growth = 1, waited = 0;
    for (int c = 0; c < me.children; ++c) {
      const FrontOutcome& child = outcomes_[at(plan_.children[me.childrenAt + at(c)])];
      delayed += child.left;
      if (child.left > 0) waited += child.waited;
      growth = std::max(growth, child.growth);
    }
    const double work = eliminationFlops(me.columns + delayed, me.order() + delayed);
    if (delayed > 0) waited += work;
    if (work > limits_.ofAFront || waited > limits_.ofWaiting) return false;
    prepare(me, state, delayed);
    state.contribution = {memory(stack).contribution(me), me.rows, me.rows, me.rows};
    assemble(la, me, state, delayed, stack);
    const int order = state.columns + me.rows;
    reserve(workspace, eliminationWorkspace(order, state.columns));
    const FrontMemory shared = memory(stack);
    const PivotRule rule{
        .threshold = shared.thresholdOf(me.rows == 0), .zeroTolerance = shared.zeroTolerance(order), .growth = growth};
    const Eliminated eliminated = eliminate(
        la, {.columns = state.factor, .square = state.contribution, .order = state.labels, .pivots = state.pivots},
        rule, workspace.data());
    state.eliminated = eliminated.columns;
    state.inertia = inertiaOf(state.pivots, state.eliminated);
    outcome = {.growth = eliminated.growth,
               .waited = waited,
               .left = state.columns - state.eliminated,
               .likely = inOrder(me, state)};
    if (outcome.left > 0 && me.parent >= 0) extendContribution(me, state);
    return true;
  }

  /// Returns true if the front could have been eliminated as a plain one.
  static bool inOrder(const FrontPlan& me, const State& state) {
    if (state.columns != me.columns || state.eliminated != me.columns) return false;
    for (int k = 0; k < me.columns; ++k) {
      if (state.labels[k] != me.first + k || state.pivots.below[k] != 0 || state.pivots.diagonal[k] == 0) return false;
    }
    return true;
  }

  /// Memory for the front: the planned one if it suffices.
  void prepare(const FrontPlan& me, State& state, int delayed) {
    state.columns = me.columns + delayed;
    const int order = state.columns + me.rows;
    double* factor = factor_.data() + me.factorAt;
    state.labels = labels_.data() + me.first;
    state.pivots = {diagonal_.data() + me.first, below_.data() + me.first};
    if (delayed > 0) {
      reserve(state.extraFactor, at(order) * at(state.columns));
      reserve(state.extraPivots, 2 * at(state.columns));
      if (state.extraLabels.size() < at(state.columns)) state.extraLabels.resize(at(state.columns));
      factor = state.extraFactor.data();
      state.labels = state.extraLabels.data();
      state.pivots = {state.extraPivots.data(), state.extraPivots.data() + state.columns};
    }
    state.factor = {factor, order, state.columns, order};
    for (int k = 0; k < me.columns; ++k) state.labels[delayed + k] = me.first + k;
  }

  /// Sum of the entries of the matrix and the contributions of the children. Columns that were delayed in children come
  /// first: so all places of a child's rows shift alike.
  void assemble(const Cpu& la, const FrontPlan& me, State& state, int delayed, double* stack) {
    clear(la, state.factor);
    clear(la, state.contribution);
    const double* values = scaled_.data();
    for (std::size_t k = me.entriesAt; k < me.entriesAt + me.entries; ++k) {
      const AssemblyTree::Entry& entry = plan_.entries[k];
      state.factor(delayed + entry.row, delayed + entry.column) += values[entry.value];
    }
    int seat = 0;  // place of the next delayed variable
    for (int c = 0; c < me.children; ++c) {
      const int number = plan_.children[me.childrenAt + at(c)];
      const FrontPlan& childPlan = plan(number);
      const int left = outcomes_[at(number)].left;
      if (left > 0) addDelayed(childPlan, states_[at(number)], left, delayed, seat, state);
      addContribution(la, me, childPlan, rowsOf(number, stack), delayed, state);
      seat += left;
    }
  }

  /// The contribution of front f to the rows that it shares with its parent.
  Mat<const double> rowsOf(int f, double* stack) const {
    const FrontPlan& me = plan(f);
    const int left = outcomes_[at(f)].left;
    if (left > 0) return states_[at(f)].contribution.block(left, left, me.rows, me.rows);
    return {memory(stack).contribution(me), me.rows, me.rows, me.rows};
  }

  /// Zeros in the lower triangle, at least.
  static void clear(const Cpu& la, Mat<double> x) {
    constexpr int small = 64;
    constexpr int grain = 32;
    if (x.rows <= small) {
      std::fill(x.data, x.column(x.cols), 0.0);
      return;
    }
    la.tasks((x.cols + grain - 1) / grain,
             [&](int chunk) {
               for (int j = chunk * grain; j < std::min(x.cols, (chunk + 1) * grain); ++j) {
                 std::fill(x.column(j) + j, x.column(j) + x.rows, 0.0);
               }
             },
             0.1 * x.cols * x.rows);
  }

  /// Adds the columns that a child did not eliminate, from column `seat` of the front on.
  void addDelayed(const FrontPlan& childPlan, const State& child, int left, int delayed, int seat, State& state) const {
    const Run* runs = plan_.runs.data() + childPlan.runsAt;
    for (int k = 0; k < left; ++k, ++seat) {
      state.labels[seat] = child.labels[child.eliminated + k];
      const double* from = child.contribution.column(k);
      const Run rest{.from = k, .to = seat, .length = left - k};
      addRuns(from, &rest, 1, state.factor.column(seat), 0);
      addRuns(from + left, runs, childPlan.runs, state.factor.column(seat), -delayed);
    }
  }

  /// Adds the rows of a child: those that are columns here to the factor, the others to the contribution.
  void addContribution(const Cpu& la, const FrontPlan& me, const FrontPlan& childPlan, Mat<const double> rows,
                       int delayed, State& state) const {
    const Mat<double> a = state.factor;
    const Mat<double> square = state.contribution;
    const Run* runs = plan_.runs.data() + childPlan.runsAt;
    const int inColumns =
        childPlan.runsInColumns < childPlan.runs ? runs[childPlan.runsInColumns].from : childPlan.rows;
    forChunks(la, rows.cols, rows.cols / 4, [&](int begin, int end) {
      const int split = std::clamp(inColumns, begin, end);
      addTriangle(rows.data, rows.stride, runs, childPlan.runs, begin, split, a.data, a.stride, -delayed);
      addTriangle(rows.data, rows.stride, runs, childPlan.runs, split, end, square.data, square.stride, me.columns);
    });
  }

  /// Puts the columns that wait for the parent in front of the contribution.
  void extendContribution(const FrontPlan& me, State& state) {
    const int left = state.columns - state.eliminated;
    const int size = left + me.rows;
    reserve(state.extraContribution, at(size) * at(size));
    const Mat<double> to{state.extraContribution.data(), size, size, size};
    for (int j = 0; j < left; ++j) {
      const double* from = state.factor.column(state.eliminated + j) + state.eliminated;
      std::copy(from + j, from + size, to.column(j) + j);
    }
    for (int j = 0; j < me.rows; ++j) {
      const double* from = state.contribution.column(j);
      std::copy(from + j, from + me.rows, to.column(left + j) + left + j);
    }
    state.contribution = to;
  }

  /// The debts of the children to the rows of this front, and then its own, wait in `owed_` until the parent takes
  /// them: so subtrees do not meet.
  void forward(const Cpu& la, int f, double* x, double* y) const {
    const FrontPlan& me = plan(f);
    const State& state = states_[at(f)];
    const int pivots = state.eliminated;
    double* owed = owed_.data() + me.rowsAt;
    std::fill(owed, owed + me.rows, 0.0);
    for (int c = 0; c < me.children; ++c) {
      const FrontPlan& child = plan(plan_.children[me.childrenAt + at(c)]);
      const Run* runs = plan_.runs.data() + child.runsAt;
      const double* from = owed_.data() + child.rowsAt;
      addRuns(from, runs, child.runsInColumns, x + me.first, 0);
      addRuns(from, runs + child.runsInColumns, child.runs - child.runsInColumns, owed, me.columns);
    }
    for (int k = 0; k < state.columns; ++k) y[k] = x[state.labels[k]];
    std::copy(owed, owed + me.rows, y + state.columns);
    const Mat<const double> l = state.factor;
    if (l.rows <= smallRows) {
      solveLower({l.data, l.rows, pivots, l.stride}, y);
    } else {
      solveLower({l.data, pivots, pivots, l.stride}, y);
      forChunks(la, l.rows - pivots, pivots, [&](int begin, int end) {
        loops::subtractProduct(end - begin, pivots, l.data + pivots + begin, l.stride, y, 1, y + pivots + begin);
      });
    }
    solvePivots(state.pivots, pivots, y);
    for (int k = 0; k < state.columns; ++k) x[state.labels[k]] = y[k];
    std::copy(y + state.columns, y + l.rows, owed);
  }

  void backward(const Cpu& la, int f, double* x, double* y) const {
    const FrontPlan& me = plan(f);
    const State& state = states_[at(f)];
    const int pivots = state.eliminated;
    for (int i = 0; i < state.columns; ++i) y[i] = x[state.labels[i]];
    for (int i = 0; i < me.rows; ++i) y[state.columns + i] = x[plan_.rows[me.rowsAt + at(i)]];
    const Mat<const double> l = state.factor;
    if (l.rows <= smallRows) {
      solveLowerTransposed({l.data, l.rows, pivots, l.stride}, y);
    } else {
      forChunks(la, pivots, l.rows - pivots, [&](int begin, int end) {
        loops::subtractTransposedProduct(l.rows - pivots, end - begin, l.column(begin) + pivots, l.stride, y + pivots,
                                         y + begin);
      });
      solveLowerTransposed({l.data, pivots, pivots, l.stride}, y);
    }
    for (int k = 0; k < pivots; ++k) x[state.labels[k]] = y[k];
  }

  /// f(begin, end) over [0, count), each with `operations` operations.
  template <class F>
  static void forChunks(const Cpu& la, int count, int operations, F&& f) {
    constexpr int grain = 128;
    la.tasks((count + grain - 1) / grain, [&](int t) { f(t * grain, std::min(count, (t + 1) * grain)); },
             static_cast<double>(count) * operations);
  }

  /// b - A x into residual_; returns the componentwise backward error (Oettli and Prager 1964).
  double residual(std::span<const double> values, std::span<const double> b, std::span<const double> x) const {
    for (std::size_t i = 0; i < b.size(); ++i) {
      residual_[i] = b[i];
      bound_[i] = std::abs(b[i]);
    }
    for (std::size_t j = 0; j < b.size(); ++j) {
      double own = residual_[j], ownBound = bound_[j];
      for (std::size_t k = at(lower_.offsets[j]); k < at(lower_.offsets[j + 1]); ++k) {
        const std::size_t i = at(lower_.indices[k]);
        const double across = values[k] * x[i];
        own -= across;
        ownBound += std::abs(across);
        if (i == j) continue;
        const double down = values[k] * x[j];
        residual_[i] -= down;
        bound_[i] += std::abs(down);
      }
      residual_[j] = own;
      bound_[j] = ownBound;
    }
    double error = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
      const double ratio = residual_[i] == 0 ? 0 : std::abs(residual_[i]) / bound_[i];
      if (!(ratio <= error)) error = ratio;
    }
    return error;
  }

  const Cpu& la_;
  SparsePattern lower_;
  ColumnStretches stretches_;
  AssemblyTree plan_;
  int orderStep_ = 0;
  HostBuffer<double> factor_, kept_, scaled_;
  std::vector<double> sampleScale_, scale_, maxima_;
  const double* chosenScale_ = nullptr;  ///< one of the two
  std::vector<int> partner_;
  std::optional<PivotScaling> pivotScaling_;
  std::size_t level_ = 0;                       ///< the current place in `spreads`
  bool settled_ = true;                         ///< this level is final
  std::array<double, spreads.size()> works_{};  ///< work of the last factorisation on each level
  WorkLimits limits_;
  double work_ = 0;  ///< work of the last factorisation
  mutable std::vector<double> diagonal_;
  mutable std::vector<double> below_;
  std::vector<int> labels_;
  std::vector<State> states_;                   ///< states of the fronts that are not plain
  mutable std::vector<FrontOutcome> outcomes_;  ///< outcomes of all fronts
  std::vector<int> sequence_;                   ///< all fronts
  mutable std::vector<Slot> slots_;
  mutable std::mutex slotsMutex_;
  HostBuffer<double> topWorkspace_;
  mutable std::vector<double> x_, owed_, chained_, residual_, bound_, best_;
  Accepted accepted_;
  int delayed_ = 0;
  bool valid_ = false;
};

SparseLdl::SparseLdl(const SparsePattern& lower, std::span<const double> sample, const Cpu& la, OrderSearch search)
    : implementation_(std::make_unique<Implementation>(lower, sample, la, search)) {}
SparseLdl::SparseLdl(SparseLdl&&) noexcept = default;
SparseLdl& SparseLdl::operator=(SparseLdl&&) noexcept = default;
SparseLdl::~SparseLdl() = default;

Inertia SparseLdl::factor(std::span<const double> values, double threshold, PivotEffort effort) {
  return implementation_->factor(values, threshold, effort);
}
void SparseLdl::solve(std::span<double> b) const { implementation_->solve(b, b); }
void SparseLdl::solve(std::span<const double> b, std::span<double> x) const { implementation_->solve(b, x); }
Refinement SparseLdl::solve(std::span<const double> values, std::span<const double> b, std::span<double> x,
                            int mostSteps, double enough) const {
  return implementation_->refine(values, b, x, mostSteps, enough);
}
int SparseLdl::order() const { return implementation_->order(); }
double SparseLdl::factorEntries() const { return implementation_->factorEntries(); }
double SparseLdl::flops() const { return implementation_->flops(); }
int SparseLdl::delayed() const { return implementation_->delayed(); }

}  // namespace nonconvex
