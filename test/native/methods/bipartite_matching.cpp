// Largest matchings beside all covers of small graphs, and flows whose covers prove them.
#include "methods/matching/bipartite_matching.hpp"

#include <algorithm>

#include "check.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

/// Numbers of (0, 1), one after the other.
class Draws {
 public:
  double next() { return random_.uniform(count_++); }

 private:
  Random random_{1};
  std::uint64_t count_ = 0;
};

BipartiteEdges randomEdges(int left, int right, double share, Draws& draws) {
  BipartiteEdges made{.begin = {0}, .to = {}};
  for (int i = 0; i < left; ++i) {
    for (int j = 0; j < right; ++j) {
      if (draws.next() < share) made.to.push_back(j);
    }
    made.begin.push_back(made.to.size());
  }
  return made;
}

/// The least capacity of a cover, of all sets of left nodes.
double leastCover(const std::vector<double>& left, const std::vector<double>& right, const BipartiteEdges& edges) {
  double least = infinity;
  for (int set = 0; set < 1 << left.size(); ++set) {
    double sum = 0;
    std::vector<char> needed(right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (((set >> i) & 1) != 0) {
        sum += left[i];
        continue;
      }
      for (std::size_t e = edges.begin[i]; e < edges.begin[i + 1]; ++e) needed[at(edges.to[e])] = 1;
    }
    for (std::size_t j = 0; j < right.size(); ++j) sum += needed[j] != 0 ? right[j] : 0;
    least = std::min(least, sum);
  }
  return least;
}

void checkProof(const BipartiteMatching& matching, const std::vector<double>& left, const std::vector<double>& right,
                const BipartiteEdges& edges) {
  std::vector<double> ofLeft(left.size()), ofRight(right.size());
  double cover = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t e = edges.begin[i]; e < edges.begin[i + 1]; ++e) {
      CHECK(matching.flow()[e] >= 0);
      CHECK(matching.leftInCover(static_cast<int>(i)) || matching.rightInCover(edges.to[e]));
      ofLeft[i] += matching.flow()[e];
      ofRight[at(edges.to[e])] += matching.flow()[e];
    }
    CHECK(ofLeft[i] <= left[i] * (1 + 1e-12));
    cover += matching.leftInCover(static_cast<int>(i)) ? left[i] : 0;
  }
  for (std::size_t j = 0; j < right.size(); ++j) {
    CHECK(ofRight[j] <= right[j] * (1 + 1e-12));
    cover += matching.rightInCover(static_cast<int>(j)) ? right[j] : 0;
  }
  CHECK_NEAR(matching.total(), cover, 1e-10 * (1 + cover));
}

}  // namespace

TEST(largestMatchingsHaveTheLeastCover) {
  Draws draws;
  const Cpu la;
  for (int trial = 0; trial < 300; ++trial) {
    const int m = 1 + trial % 8, n = 1 + trial % 7;
    const BipartiteEdges edges = randomEdges(m, n, 0.1 + 0.1 * (trial % 9), draws);
    std::vector<double> left(at(m), 1.0), right(at(n), 1.0);
    if (trial % 2 == 1) {
      for (double& each : left) each = draws.next();
      for (double& each : right) each = trial % 4 == 1 ? draws.next() : 0;
    }
    BipartiteMatching matching(la, left, right, edges);
    while (matching.phase()) {
    }
    checkProof(matching, left, right, edges);
    CHECK_NEAR(matching.total(), leastCover(left, right, edges), 1e-12);
  }
}

TEST(matchingsOfLongChains) {
  // Left i has edges to right i and i + 1, which the first phase takes so that one long path is left.
  const int n = 5000;
  BipartiteEdges edges{.begin = {0}, .to = {}};
  for (int i = 0; i < n; ++i) {
    if (i + 1 < n) edges.to.push_back(i + 1);
    edges.to.push_back(i);
    edges.begin.push_back(edges.to.size());
  }
  const Cpu la;
  const std::vector<double> ones(at(n), 1.0);
  BipartiteMatching matching(la, ones, ones, edges);
  while (matching.phase()) {
  }
  CHECK_EQ(matching.total(), static_cast<double>(n));
  checkProof(matching, ones, ones, edges);
}
