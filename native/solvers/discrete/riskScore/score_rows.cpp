#include "solvers/discrete/riskScore/score_rows.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "data/checked_rows.hpp"

namespace nonconvex {
namespace {

constexpr std::uint64_t firstHash = 1469598103934665603u;  // definition: of the hash FNV-1a
constexpr std::uint64_t hashFactor = 1099511628211u;       // definition: of the hash FNV-1a

/// A column with two levels and its complement have the same hash.
std::uint64_t hashOf(std::span<const std::int32_t> codes, bool twoLevels) {
  const std::int32_t flip = twoLevels ? codes[0] : 0;
  std::uint64_t hash = firstHash;
  for (const std::int32_t code : codes) {
    hash = (hash ^ static_cast<std::uint64_t>(code ^ flip)) * hashFactor;
    hash ^= hash >> 29;
  }
  return hash;
}

std::vector<int> globalPoints(const RiskScoreProblem& problem) {
  std::vector<int> points = {0};
  if (problem.points.empty()) {
    constexpr int usual = 5;  // definition: the largest point of RiskSLIM's cards
    for (int v = -usual; v <= usual; ++v) points.push_back(v);
  }
  for (std::size_t k = 0; k < problem.points.size(); ++k) {
    constexpr double most = 1e6;  // safeguard: totals stay exact
    const double v = problem.points[k];
    require(std::floor(v) == v && std::abs(v) <= most, "points[" + std::to_string(k) + "]", v,
            "expected an integer between -1000000 and 1000000");
    points.push_back(static_cast<int>(v));
  }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

}  // namespace

std::vector<std::vector<int>> allowedPoints(const RiskScoreProblem& problem) {
  const std::vector<int> points = globalPoints(problem);
  if (points.size() < 2) throwRange("points", "0", "expected a value other than 0");
  std::vector<std::vector<int>> allowed(at(problem.x.columns));
  for (std::size_t j = 0; j < allowed.size(); ++j) {
    const double lower = problem.lower.empty() ? -infinity : problem.lower[j];
    const double upper = problem.upper.empty() ? infinity : problem.upper[j];
    require(lower <= upper, "lower[" + std::to_string(j) + "]", lower,
            "expected at most " + show(upper) + ", its upper");
    for (const int v : points) {
      if (v == 0 || (v >= lower && v <= upper)) allowed[j].push_back(v);
    }
  }
  for (const std::int32_t j : problem.required) {
    if (allowed[at(j)].size() < 2) {
      throwRange("required", std::to_string(j), "expected a feature with points other than 0 between its bounds");
    }
  }
  return allowed;
}

void ScoreRows::read(const Cpu& la, const RiskScoreProblem& problem, const RiskScoreSettings& settings) {
  groupSizes_ = problem.groupSizes;
  readColumns(la, problem);
  chooseColumns(problem, settings);
  merge(la, problem);
  shift(settings.scaling == ScoreScale::free);
  require(at(settings.maxSize) >= problem.required.size(), "maxSize", settings.maxSize,
          "expected at least " + std::to_string(problem.required.size()) + ", as many features are required");
  most_ = std::min(settings.maxSize, count());
}

/// Numbers the distinct values of each column.
void ScoreRows::readColumns(const Cpu& la, const RiskScoreProblem& problem) {
  const int p = problem.x.columns;
  n_ = at(problem.x.rows);
  read_.resize(n_ * at(p));
  levels_.assign(at(p), {});
  std::vector<double> values(n_);
  for (int j = 0; j < p; ++j) {
    la.checkpoint();
    for (std::size_t i = 0; i < n_; ++i) {
      values[i] = problem.x(static_cast<int>(i), j);
      requireFinite("x", static_cast<int>(i), j, values[i]);
    }
    requireFiniteSquares("column " + std::to_string(j) + " of x", values);
    std::vector<double>& levels = levels_[at(j)];
    constexpr std::size_t few = 32;  // rounding: distinct values that are looked for one by one
    for (std::size_t i = 0; i < n_ && levels.size() <= few; ++i) {
      if (std::find(levels.begin(), levels.end(), values[i]) == levels.end()) levels.push_back(values[i]);
    }
    if (levels.size() > few) levels = values;
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    std::int32_t* codes = read_.data() + at(j) * n_;
    for (std::size_t i = 0; i < n_; ++i) {
      codes[i] = static_cast<std::int32_t>(std::lower_bound(levels.begin(), levels.end(), values[i]) - levels.begin());
    }
  }
}

/// A feature that was chosen before and is the same but for its sign, or -1.
int ScoreRows::twin(const ScoreFeature& feature, std::span<const std::int32_t> codes, bool wholeIntercept) const {
  if (feature.required || feature.group != 0) return -1;
  const std::uint64_t hash = hashOf(codes, feature.levels.size() == 2);
  for (std::size_t k = 0; k < features_.size(); ++k) {
    const ScoreFeature& other = features_[k];
    if (hashes_[k] != hash || other.required || other.group != 0) continue;
    const std::int32_t* others = read_.data() + at(other.column) * n_;
    if (other.levels == feature.levels && other.allowed == feature.allowed &&
        std::equal(codes.begin(), codes.end(), others)) {
      return static_cast<int>(k);
    }
    if (feature.levels.size() != 2 || other.levels.size() != 2) continue;
    const double sum = feature.levels[0] + other.levels[1];
    std::vector<int> negated(other.allowed.rbegin(), other.allowed.rend());
    for (int& v : negated) v = -v;
    if (sum != feature.levels[1] + other.levels[0] || (wholeIntercept && sum != std::floor(sum))) continue;
    if (negated == feature.allowed &&
        std::equal(codes.begin(), codes.end(), others, [](std::int32_t a, std::int32_t b) { return a + b == 1; })) {
      return static_cast<int>(k);
    }
  }
  return -1;
}

/// Leaves out constant columns, columns without points, and those that another one stands for.
void ScoreRows::chooseColumns(const RiskScoreProblem& problem, const RiskScoreSettings& settings) {
  const std::vector<std::vector<int>> allowed = allowedPoints(problem);
  features_.clear();
  hashes_.clear();
  sameAs_.assign(allowed.size(), -1);
  leavesOut_ = false;
  const bool whole = settings.scaling == ScoreScale::one;
  for (int j = 0; j < problem.x.columns; ++j) {
    ScoreFeature feature{.column = j, .allowed = allowed[at(j)], .levels = levels_[at(j)]};
    feature.required = std::find(problem.required.begin(), problem.required.end(), j) != problem.required.end();
    feature.group = problem.groups.empty() ? 0 : problem.groups[at(j)];
    require(at(feature.group) <= groupSizes_.size(), "groups[" + std::to_string(j) + "]", feature.group,
            "expected a group of groupSizes");
    if (!feature.required && (feature.levels.size() < 2 || feature.allowed.size() < 2)) {
      // An integer intercept does not make up for a constant that is none.
      leavesOut_ =
          leavesOut_ || (whole && feature.allowed.size() > 1 && feature.levels[0] != std::floor(feature.levels[0]));
      continue;
    }
    const std::span<const std::int32_t> codes = {read_.data() + at(j) * n_, n_};
    const int same = twin(feature, codes, whole);
    if (same >= 0) {
      sameAs_[at(j)] = features_[at(same)].column;
      leavesOut_ = true;
      continue;
    }
    sameAs_[at(j)] = j;
    hashes_.push_back(hashOf(codes, feature.levels.size() == 2));
    features_.push_back(std::move(feature));
  }
}

/// A number for each row, the same for rows that no feature tells apart.
std::vector<std::uint64_t> ScoreRows::keysOfRows(const Cpu& la) const {
  std::vector<std::uint64_t> keys(n_, firstHash);
  for (const ScoreFeature& feature : features_) {
    la.checkpoint();
    const std::int32_t* codes = read_.data() + at(feature.column) * n_;
    for (std::size_t i = 0; i < n_; ++i) {
      keys[i] = (keys[i] ^ static_cast<std::uint64_t>(codes[i])) * hashFactor;
      keys[i] ^= keys[i] >> 29;
    }
  }
  return keys;
}

bool ScoreRows::equal(std::size_t a, std::size_t b) const {
  return std::all_of(features_.begin(), features_.end(), [&](const ScoreFeature& feature) {
    const std::int32_t* codes = read_.data() + at(feature.column) * n_;
    return codes[a] == codes[b];
  });
}

/// Makes one row of equal ones.
void ScoreRows::merge(const Cpu& la, const RiskScoreProblem& problem) {
  const std::vector<std::uint64_t> keys = keysOfRows(la);
  std::size_t size = 1;
  while (size < 2 * n_) size *= 2;
  std::vector<std::int32_t> table(size, -1);
  std::vector<std::size_t> first;  // the row that each merged one was first
  weight_.clear();
  positives_.clear();
  for (std::size_t i = 0; i < n_; ++i) {
    const double weight = problem.sampleWeight.empty() ? 1 : problem.sampleWeight[i];
    if (weight == 0) continue;
    std::size_t place = (keys[i] * 0x9E3779B97F4A7C15u) & (size - 1);
    while (table[place] >= 0 && !(keys[first[at(table[place])]] == keys[i] && equal(first[at(table[place])], i))) {
      place = (place + 1) & (size - 1);
    }
    if (table[place] < 0) {
      table[place] = static_cast<std::int32_t>(first.size());
      first.push_back(i);
      weight_.push_back(0);
      positives_.push_back(0);
    }
    weight_[at(table[place])] += weight;
    if (problem.y[i] > 0) positives_[at(table[place])] += weight;
  }
  codes_.resize(features_.size() * first.size());
  std::size_t next = 0;
  for (const ScoreFeature& feature : features_) {
    for (const std::size_t i : first) codes_[next++] = read_[at(feature.column) * n_ + i];
  }
  addUp(problem);
}

/// Moves columns whose values are all positive or all negative next to 0, so that intercepts stay small, and divides
/// all by one unit.
void ScoreRows::shift(bool withUnit) {
  double largest = 0;
  for (ScoreFeature& feature : features_) {
    const double least = feature.levels.front(), most = feature.levels.back();
    feature.shift = least > 0 ? std::floor(least) : most < 0 ? std::ceil(most) : 0;
    for (double& level : feature.levels) {
      level -= feature.shift;
      largest = std::max(largest, std::abs(level));
    }
  }
  unit_ = withUnit && largest > 0 ? std::exp2(std::floor(std::log2(largest))) : 1;
  for (ScoreFeature& feature : features_) {
    for (double& level : feature.levels) level /= unit_;
  }
}

void ScoreRows::addUp(const RiskScoreProblem& problem) {
  total_ = totalPositives_ = 0;
  for (std::size_t i = 0; i < weight_.size(); ++i) {
    total_ += weight_[i];
    totalPositives_ += positives_[i];
  }
  binary_ = problem.sampleWeight.empty() &&
            std::all_of(features_.begin(), features_.end(), [](const ScoreFeature& f) { return f.levels.size() == 2; });
  require(totalPositives_ > 0 && totalPositives_ < total_, "sampleWeight", totalPositives_,
          "expected rows of both classes with a positive weight");
  read_ = {};
  levels_ = {};
}

}  // namespace nonconvex
