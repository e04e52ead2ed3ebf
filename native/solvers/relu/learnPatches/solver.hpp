// Filters for patches of images, learned without classes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "solvers/relu/learnPatches/patches.hpp"
#include "solvers/relu/learnPatches/problem.hpp"

namespace nonconvex {

/// minimise (1/M) sum_i min_f (1 - w_f . p_i) over filters w_f of length 1, by turns in the filter of each patch and in
/// the filters: spherical k-means. Patches p_i are drawn, less their means, and divided by sqrt(||p||^2 + contrast).
///
/// I. S. Dhillon, D. S. Modha, "Concept decompositions for large sparse text data using clustering", Machine Learning
/// 42, 2001; A. Coates, H. Lee, A. Y. Ng, "An analysis of single-layer networks in unsupervised feature learning",
/// AISTATS 2011.
class PatchLearner {
 public:
  PatchLearner(const Cpu& la, const LearnPatchesProblem& problem, const LearnPatchesSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress() const { return now_; }
  LearnPatchesSolution solution() const;

 private:
  struct Tuning {
    static constexpr double contrast =
        0.1;  ///< safeguard: share of the mean of ||p||^2 that is added, so that noise stays small
    static constexpr double flat =
        0.3;  ///< safeguard: smaller ||p||^2 after that are of flat parts, which would take most filters
    static constexpr int draws = 20;     ///< safeguard: draws for each patch before flat ones are taken, too
    static constexpr int patches = 512;  ///< safeguard: patches between two checkpoints
  };

  double draw(int k, std::uint64_t index);
  void drawPatches();
  void beginFilters();
  void takeSums();
  double lengthOfSum(int f) const;
  void assign();

  const Cpu& la_;
  const LearnPatchesProblem& problem_;
  const LearnPatchesSettings settings_;
  PatchGrid grid_;
  double contrast_ = 0;
  HostMatrix<double> patches_, filters_, sums_, products_;
  Progress now_;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class LearnPatchesSolver : public PatchLearner {
 public:
  static constexpr bool buildsUnread = true;

  using PatchLearner::PatchLearner;
};

}  // namespace nonconvex
