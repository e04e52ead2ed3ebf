#include "solvers/nlp/conflict.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/index.hpp"
#include "core/run.hpp"
#include "solvers/nlp/conflict_vertex.hpp"
#include "solvers/nlp/feasibility_nlp.hpp"
#include "solvers/nlp/interior_point_method.hpp"

namespace nonconvex {
namespace {

struct ConflictTuning {
  // safeguard: multipliers, beside the largest, that count as 0 if the others still prove it.
  double share = 1e-7;
  // safeguard: violations, beside the largest, that count where nothing is proven.
  double violated = 1e-3;
  // safeguard: how far from x, beside its size, tangents of functions that bend are trusted.
  double near = 10;
  // safeguard: violation, beside the side, of a convex constraint that is met.
  double met = 1e-7;
  // safeguard: iterations of the method that looks for a point of convex constraints.
  int iterations = 200;
  // safeguard: rounds of tangents until convex constraints are given up.
  int tangents = 20;
  // safeguard: entries of all linear programs, some tenths of a second, after which nothing more is left out.
  std::size_t work = 150'000;
  // safeguard: entries that a linear program counts for beside its own.
  std::size_t perProgram = 50;
  // rounding: pivots, beside the largest entries of their rows, that count as 0.
  double rank = 1e-9;
  // safeguard: entries that the elimination looks at, some tenths of a second.
  std::size_t elimination = 50'000'000;
};
constexpr ConflictTuning conflictTuning;

/// A constraint, or a bound of a variable.
struct Member {
  bool row = false;
  std::size_t index = 0;
  bool upper = false;  ///< the side of an inequality or a bound
};

/// Entries by their columns, which increase.
using SparseRow = std::vector<std::pair<int, double>>;

/// row -= factor pivot, without what is about 0; returns the number of entries read.
std::size_t subtractRow(SparseRow& row, double factor, const SparseRow& pivot) {
  SparseRow made;
  const auto add = [&](int index, double value) {
    if (std::abs(value) > conflictTuning.rank) made.emplace_back(index, value);
  };
  auto a = row.begin();
  for (const auto& [index, value] : pivot) {
    for (; a != row.end() && a->first < index; ++a) made.push_back(*a);
    const bool both = a != row.end() && a->first == index;
    add(index, (both ? a->second : 0) - factor * value);
    if (both) ++a;
  }
  made.insert(made.end(), a, row.end());
  row.swap(made);
  return row.size() + pivot.size();
}

/// The rank of rows by elimination, shortest rows first; -1 where that takes too long.
int rankOf(std::vector<SparseRow> rows) {
  const auto largest = [](const SparseRow& row) {
    return *std::ranges::max_element(row, {}, [](const auto& entry) { return std::abs(entry.second); });
  };
  for (SparseRow& row : rows) {
    if (row.empty()) continue;
    const double size = std::abs(largest(row).second);
    for (auto& [index, value] : row) value /= size;
  }
  std::size_t work = 0;
  int rank = 0;
  for (;; ++rank) {
    std::erase_if(rows, [](const SparseRow& row) { return row.empty(); });
    if (rows.empty()) return rank;
    std::swap(*std::ranges::min_element(rows, {}, [](const SparseRow& row) { return row.size(); }), rows.back());
    const SparseRow pivot = std::move(rows.back());
    rows.pop_back();
    const auto [column, value] = largest(pivot);
    for (SparseRow& row : rows) {
      const auto found = std::ranges::lower_bound(row, column, {}, &std::pair<int, double>::first);
      if (found == row.end() || found->first != column) continue;
      const double factor = found->second / value;
      work += subtractRow(row, factor, pivot);
    }
    if (work > conflictTuning.elimination) return -1;
  }
}

enum class Answer { infeasible, feasible, unknown };

class ConflictSearch {
 public:
  ConflictSearch(const Cpu& la, Nlp& nlp, std::span<const double> x)
      : la_(la), nlp_(nlp), x_(x.begin(), x.end()), n_(at(nlp.variables())), m_(at(nlp.constraints())) {
    const NlpBounds bounds = nlp.variableBounds(), sides = nlp.constraintBounds();
    given_ = {boundsOf(sides.lower, m_, 0), boundsOf(sides.upper, m_, 0), boundsOf(bounds.lower, n_, -infinity),
              boundsOf(bounds.upper, n_, infinity)};
    rows_.matrix.pattern.width = nlp.variables();
    kind_ = nlp.facts().linearConstraints ? Kind::linear : Kind::bent;
  }

  FoundConflict run(const Proof& proof) {
    if (auto crossing = crossingSides()) return {*crossing, true};
    addTangents(x_, given_);
    if (!finite(rows_.constants) || !finite(rows_.matrix.values)) return {};
    measureViolations();
    RowSides kept = given_;
    bool irreducible = false, proven = proof.known() && proof.kind == ProofKind::farkas;
    if (answerOf(kept) == Answer::infeasible) {
      proven = kind_ == Kind::linear || isConvexConflict(kept);
      irreducible = leaveOut(kept);
    } else if (proven) {
      std::vector<double> y;
      for (const std::size_t i : owners_) y.push_back(proof.y[i]);
      kept = onlyNeeded(kept, RowMultipliers(rows_, std::move(y)));
    } else {
      keepViolated(kept);
    }
    // What is not shown of a convex conflict, removal may refute.
    const bool needed = irreducible && (proven || !convex_);
    return {made(kept, needed, proven), proven || convex_};
  }

 private:
  enum class Kind { linear, convex, bent };

  /// A lower side above the upper one.
  std::optional<NlpConflict> crossingSides() const {
    for (std::size_t i = 0; i < m_; ++i) {
      if (!(given_.low[i] > given_.high[i])) continue;
      return NlpConflict{{{static_cast<int>(i), ConflictSide::both}}, {}, true, true};
    }
    for (std::size_t j = 0; j < n_; ++j) {
      const int index = static_cast<int>(j);
      if (!(given_.lower[j] > given_.upper[j])) continue;
      return NlpConflict{{}, {{index, ConflictBound::lower}, {index, ConflictBound::upper}}, true, true};
    }
    return std::nullopt;
  }

  /// Appends the tangents at a point of the rows that have sides.
  void addTangents(std::span<const double> x, const RowSides& sides) {
    nlp_.moveTo(x);
    std::vector<double> values(m_), jacobian(nlp_.jacobianPattern().nonzeros());
    nlp_.constraintValues(values);
    nlp_.jacobian(jacobian);
    const SparsePattern& pattern = nlp_.jacobianPattern();
    SparsePattern& to = rows_.matrix.pattern;
    const bool later = !owners_.empty();
    for (std::size_t i = 0; i < m_; ++i) {
      if (!std::isfinite(sides.low[i]) && !std::isfinite(sides.high[i])) continue;
      if (later && sides.low[i] == sides.high[i]) continue;  // convex equations are linear
      double constant = values[i], size = std::abs(constant);
      for (std::size_t k = at(pattern.offsets[i]); k < at(pattern.offsets[i + 1]); ++k) {
        const double term = jacobian[k] * x[at(pattern.indices[k])];
        constant -= term;
        size += std::abs(term);
        to.indices.push_back(pattern.indices[k]);
        rows_.matrix.values.push_back(jacobian[k]);
      }
      to.offsets.push_back(static_cast<int>(to.indices.size()));
      ++to.lines;
      rows_.constants.push_back(constant);
      rows_.sizes.push_back(size);
      owners_.push_back(i);
    }
  }

  /// The sides of the constraints as those of their tangents. Near x variables of functions that bend stay.
  RowSides ofTangents(const RowSides& sides) const {
    RowSides made{.low = {}, .high = {}, .lower = sides.lower, .upper = sides.upper};
    for (const std::size_t i : owners_) {
      made.low.push_back(sides.low[i]);
      made.high.push_back(sides.high[i]);
    }
    for (std::size_t j = 0; kind_ == Kind::bent && j < n_; ++j) {
      const double reach = conflictTuning.near * std::max(1.0, std::abs(x_[j]));
      made.lower[j] = std::max(made.lower[j], x_[j] - reach);
      made.upper[j] = std::min(made.upper[j], x_[j] + reach);
    }
    return made;
  }

  /// Tells whether any point satisfies the sides. Where none does, the sides become those that show it.
  Answer answerOf(RowSides& sides) {
    for (int round = 0; round < conflictTuning.tangents; ++round) {
      const RowSides linear = ofTangents(sides);
      work_ += conflictTuning.perProgram + entriesOf(linear);
      const LeastViolation least = leastViolation(la_, rows_, linear);
      const RowMultipliers multipliers(rows_, least.y);
      if (!least.feasible && showInfeasible(rows_, linear, multipliers, x_)) {
        RowSides kept = onlyNeeded(sides, multipliers);
        if (kind_ == Kind::convex && !staysConvex(kept, sides)) {
          return hasPoint(sides) ? Answer::feasible : Answer::unknown;
        }
        sides = std::move(kept);
        multipliers_ = multipliers.y;
        return Answer::infeasible;
      }
      if (kind_ != Kind::convex) return least.feasible ? Answer::feasible : Answer::unknown;
      if (least.feasible && isMet(sides, least.x)) return Answer::feasible;
      if (round == 0 && hasPoint(sides)) return Answer::feasible;
      addTangents(least.x, sides);
      if (!finite(rows_.constants) || !finite(rows_.matrix.values)) return Answer::unknown;
    }
    return Answer::unknown;
  }

  /// The sides without those whose multipliers are about 0, if they still show that there is no point.
  RowSides onlyNeeded(const RowSides& sides, const RowMultipliers& multipliers) const {
    RowSides kept{std::vector<double>(m_, -infinity), std::vector<double>(m_, infinity),
                  std::vector<double>(n_, -infinity), std::vector<double>(n_, infinity)};
    std::vector<double> y = multipliers.y;
    const double least = conflictTuning.share * normInf(y);
    for (std::size_t k = 0; k < y.size(); ++k) {
      const std::size_t i = owners_[k];
      if (std::abs(y[k]) <= least) y[k] = 0;
      const bool equation = sides.low[i] == sides.high[i];
      if (y[k] < 0 || (y[k] > 0 && equation)) kept.low[i] = sides.low[i];
      if (y[k] > 0 || (y[k] < 0 && equation)) kept.high[i] = sides.high[i];
    }
    const RowMultipliers cut(rows_, std::move(y));
    for (std::size_t j = 0; j < n_; ++j) {
      if (!(std::abs(cut.d[j]) > conflictTuning.share * cut.sizes[j])) continue;
      (cut.d[j] > 0 ? kept.lower : kept.upper)[j] = (cut.d[j] > 0 ? sides.lower : sides.upper)[j];
    }
    return showInfeasible(rows_, ofTangents(kept), cut, x_) ? kept : sides;
  }

  /// Gives constraints back the bounds within which they are convex; returns false if they are not all the same.
  bool staysConvex(RowSides& kept, const RowSides& from) {
    if (isConvex(kept)) return true;
    for (std::size_t k = 0; k < owners_.size(); ++k) {
      if (!std::isfinite(kept.low[owners_[k]]) && !std::isfinite(kept.high[owners_[k]])) continue;
      for (const int j : rows_.matrix.pattern.line(static_cast<int>(k))) {
        kept.lower[at(j)] = from.lower[at(j)];
        kept.upper[at(j)] = from.upper[at(j)];
      }
    }
    return isConvex(kept);
  }

  /// Keeps the sides of constraints that are violated most.
  void keepViolated(RowSides& sides) const {
    const double least = conflictTuning.violated * normInf(violation_);
    for (std::size_t i = 0; i < m_; ++i) {
      if (!(violation_[i] > least)) sides.high[i] = infinity;
      if (!(violation_[i] < -least)) sides.low[i] = -infinity;
    }
    std::ranges::fill(sides.lower, -infinity);
    std::ranges::fill(sides.upper, infinity);
  }

  void measureViolations() {
    violation_.resize(m_);
    nlp_.moveTo(x_);
    nlp_.constraintValues(violation_);
    for (std::size_t i = 0; i < m_; ++i) {
      double& c = violation_[i];
      c = c > given_.high[i] ? c - given_.high[i] : c < given_.low[i] ? c - given_.low[i] : 0;
    }
  }

  bool isMet(const RowSides& sides, std::span<const double> x) {
    std::vector<double> c(m_);
    nlp_.moveTo(x);
    nlp_.constraintValues(c);
    for (std::size_t i = 0; i < m_; ++i) {
      const auto allowed = [](double side) { return conflictTuning.met * std::max(1.0, std::abs(side)); };
      if (std::isfinite(sides.low[i]) && !(c[i] >= sides.low[i] - allowed(sides.low[i]))) return false;
      if (std::isfinite(sides.high[i]) && !(c[i] <= sides.high[i] + allowed(sides.high[i]))) return false;
    }
    return true;
  }

  /// Looks for a point of the constraints by the interior-point method; where there is none, adds tangents at its end.
  bool hasPoint(const RowSides& sides) {
    NlpSettings settings;
    settings.maxIterations = conflictTuning.iterations;
    settings.restarts = 0;
    NlpProblem problem;
    problem.nlp = std::make_shared<FeasibilityNlp>(nlp_, sides);
    problem.start = x_;
    problem.constraints = nlp_.constraints();
    Monitor monitor = la_.childMonitor();
    const Cpu inside = la_.watchedBy(monitor);
    InteriorPointMethod method(inside, problem, settings);
    iterate(method, settings, monitor);
    la_.checkpoint();
    const std::vector<double> end = method.solution().x;
    if (isMet(sides, end)) return true;
    addTangents(end, sides);
    return false;
  }

  /// Returns true if rules say that the constraints are convex within the bounds, each where its side is.
  bool isConvex(const RowSides& sides) {
    auto* const known = nlp_.find<KnownCurvature>();
    if (known == nullptr) return false;
    nlp_.moveTo(x_);
    std::vector<double> weights(m_);
    const auto bends = [&](std::size_t i, double sign) {
      weights[i] = sign;
      const auto convexity = known->convexity(la_, sides.lower, sides.upper, 0, weights);
      weights[i] = 0;
      const auto none = [](double value) { return value == 0; };
      return convexity && std::ranges::all_of(convexity->concavity, none);
    };
    for (std::size_t i = 0; i < m_; ++i) {
      if (std::isfinite(sides.high[i]) && !bends(i, 1)) return false;
      if (std::isfinite(sides.low[i]) && !bends(i, -1)) return false;
    }
    return true;
  }

  /// Finds out whether the conflict at x is one of convex constraints, with the bounds that make them convex, so that
  /// it is one everywhere.
  bool isConvexConflict(RowSides& kept) {
    RowSides convex = kept;
    if (!staysConvex(convex, given_)) return false;
    kind_ = Kind::convex;
    convex_ = true;
    const auto atX = std::pair(rows_, owners_);
    if (answerOf(convex) == Answer::infeasible) {
      kept = std::move(convex);
      return true;
    }
    kind_ = Kind::bent;
    std::tie(rows_, owners_) = atX;
    return false;
  }

  /// Leaves out what is not needed; returns true if all that is left is needed.
  bool leaveOut(RowSides& kept) {
    if (isLong(kept)) takeVertex(kept);
    if (isVertex(kept)) return true;
    bool irreducible = true;
    work_ = 0;
    try {
      for (const Member& member : membersOf(kept)) {
        if (!has(kept, member)) continue;
        if (work_ > conflictTuning.work) return false;
        RowSides rest = kept;
        remove(rest, member);
        const Answer answer = answerOf(rest);
        irreducible = irreducible && answer != Answer::unknown;
        if (answer != Answer::infeasible) continue;
        kept = std::move(rest);
        if (isVertex(kept)) return true;
      }
    } catch (const Interrupted&) {
      return false;
    }
    return irreducible;
  }

  /// The entries of rows that have a side.
  std::size_t entriesOf(const RowSides& sides) const {
    std::size_t count = 0;
    for (std::size_t k = 0; k < owners_.size(); ++k) {
      const bool used = std::isfinite(sides.low[k]) || std::isfinite(sides.high[k]);
      if (used) count += rows_.matrix.pattern.line(static_cast<int>(k)).size();
    }
    return count;
  }

  /// Returns true if leaving out each member would take too many linear programs.
  bool isLong(const RowSides& kept) const {
    return membersOf(kept).size() * (conflictTuning.perProgram + entriesOf(ofTangents(kept))) > conflictTuning.work;
  }

  /// Takes constraints and bounds of linear constraints away by their multipliers alone, until none can be left out.
  void takeVertex(RowSides& kept) const {
    if (kind_ != Kind::linear) return;
    ConflictRows rows;
    std::vector<std::size_t> used;
    std::vector<double> y;
    std::vector<int> place(n_, -1);  // the column of a variable, bounded ones and free ones each from 0
    int free = 0;
    for (std::size_t k = 0; k < owners_.size(); ++k) {
      const std::size_t i = owners_[k];
      if (!std::isfinite(kept.low[i]) && !std::isfinite(kept.high[i])) continue;
      used.push_back(k);
      y.push_back(multipliers_[k]);
      rows.excess.push_back(rows_.constants[k] - (multipliers_[k] > 0 ? kept.high[i] : kept.low[i]));
      for (const int j : rows_.matrix.pattern.line(static_cast<int>(k))) {
        if (place[at(j)] >= 0) continue;
        place[at(j)] = hasBound(kept, at(j)) ? static_cast<int>(rows.bounds.size()) : free++;
        if (hasBound(kept, at(j))) {
          rows.bounds.push_back(std::isfinite(kept.lower[at(j)]) ? kept.lower[at(j)] : kept.upper[at(j)]);
        }
      }
    }
    for (const std::size_t k : used) {
      auto& ofFree = rows.free.emplace_back(at(free), 0.0);
      auto& ofBounded = rows.bounded.emplace_back(rows.bounds.size(), 0.0);
      const SparsePattern& pattern = rows_.matrix.pattern;
      for (std::size_t e = at(pattern.offsets[k]); e < at(pattern.offsets[k + 1]); ++e) {
        const std::size_t j = at(pattern.indices[e]);
        (hasBound(kept, j) ? ofBounded : ofFree)[at(place[j])] = rows_.matrix.values[e];
      }
    }
    const auto vertex = vertexOf(rows, y);
    if (!vertex) return;
    std::vector<double> all(owners_.size(), 0.0);
    for (std::size_t k = 0; k < used.size(); ++k) all[used[k]] = (*vertex)[k];
    kept = onlyNeeded(kept, RowMultipliers(rows_, std::move(all)));
  }
  static bool hasBound(const RowSides& sides, std::size_t j) {
    return std::isfinite(sides.lower[j]) || std::isfinite(sides.upper[j]);
  }

  /// Returns true if linear constraints are known to be irreducible by their rank: multipliers that show the conflict
  /// are unique but for a factor, so that without any one of its members the other constraints, as equations, have a
  /// solution (J. Gleeson, J. Ryan, "Identifying minimally infeasible subsystems of inequalities", ORSA J. Comput. 2,
  /// 1990). Multipliers must not be about 0, which `onlyNeeded` sees to.
  bool isVertex(const RowSides& kept) const {
    if (kind_ != Kind::linear) return false;
    std::vector<SparseRow> rows;  // over variables without a bound
    for (std::size_t i = 0; i < owners_.size(); ++i) {
      if (!std::isfinite(kept.low[owners_[i]]) && !std::isfinite(kept.high[owners_[i]])) continue;
      rows.emplace_back();
      const SparsePattern& pattern = rows_.matrix.pattern;
      for (std::size_t k = at(pattern.offsets[i]); k < at(pattern.offsets[i + 1]); ++k) {
        const std::size_t j = at(pattern.indices[k]);
        if (!hasBound(kept, j) && rows_.matrix.values[k] != 0)
          rows.back().emplace_back(pattern.indices[k], rows_.matrix.values[k]);
      }
    }
    const int count = static_cast<int>(rows.size());
    return rankOf(std::move(rows)) == count - 1;
  }

  /// Constraints that are violated least, then others, then bounds.
  std::vector<Member> membersOf(const RowSides& sides) const {
    std::vector<Member> members;
    for (std::size_t i = 0; i < m_; ++i) {
      const bool upper = std::isfinite(sides.high[i]);
      if (upper || std::isfinite(sides.low[i])) members.push_back({true, i, upper});
    }
    std::ranges::stable_sort(members, {}, [&](const Member& member) { return std::abs(violation_[member.index]); });
    for (std::size_t j = 0; j < n_; ++j) {
      if (std::isfinite(sides.lower[j])) members.push_back({false, j, false});
      if (std::isfinite(sides.upper[j])) members.push_back({false, j, true});
    }
    return members;
  }
  static bool has(const RowSides& sides, const Member& member) {
    const auto& [row, index, upper] = member;
    const double side = row ? (upper ? sides.high : sides.low)[index] : (upper ? sides.upper : sides.lower)[index];
    return std::isfinite(side);
  }
  static void remove(RowSides& sides, const Member& member) {
    const auto& [row, index, upper] = member;
    if (row || !upper) (row ? sides.low : sides.lower)[index] = -infinity;
    if (row || upper) (row ? sides.high : sides.upper)[index] = infinity;
  }

  NlpConflict made(const RowSides& kept, bool irreducible, bool proven) const {
    NlpConflict conflict{.constraints = {}, .bounds = {}, .irreducible = irreducible, .proof = proven};
    for (const Member& member : membersOf(kept)) {
      const int index = static_cast<int>(member.index);
      if (!member.row) {
        conflict.bounds.push_back({index, member.upper ? ConflictBound::upper : ConflictBound::lower});
        continue;
      }
      const bool low = std::isfinite(kept.low[member.index]), high = std::isfinite(kept.high[member.index]);
      conflict.constraints.push_back({index, low && high ? ConflictSide::both
                                             : high      ? ConflictSide::upper
                                                         : ConflictSide::lower});
    }
    std::ranges::reverse(conflict.constraints);
    return conflict;
  }

  const Cpu& la_;
  Nlp& nlp_;
  const std::vector<double> x_;
  const std::size_t n_, m_;
  RowSides given_;
  Kind kind_ = Kind::bent;
  bool convex_ = false;              // the constraints of the conflict at x are convex
  AffineRows rows_;                  // tangents
  std::vector<std::size_t> owners_;  // the constraint of each tangent
  std::vector<double> violation_;    // the violation of each constraint at x, < 0 below its lower side
  std::vector<double> multipliers_;  // multipliers of the tangents that have shown the last conflict
  std::size_t work_ = 0;
};

}  // namespace

FoundConflict conflictOf(const Cpu& la, Nlp& nlp, std::span<const double> x, const Proof& proof) {
  return ConflictSearch(la, nlp, x).run(proof);
}

}  // namespace nonconvex
