// Relaxations of a margin that seek good dual vectors.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/dual_simplex/dual_simplex.hpp"
#include "solvers/discrete/certifyNetwork/dual_value.hpp"

namespace nonconvex {

/// What a relaxation hands on from a node of a tree to its children.
struct DualStart {
  std::vector<double> q;
  DualSimplex::Basis basis = {};
};

/// The convex relaxation of one question about one row, where splits fix the signs of some neurons.
class MarginRelaxation {
 public:
  virtual ~MarginRelaxation() = default;

  /// Seeks the largest bound that dual vectors prove, or one that reaches `goal`. `start` has the vector of the parent
  /// and gets the new one, unless it is worse.
  virtual double improve(std::span<const std::int8_t> splits, DualStart& start, double goal, const Cpu& la) = 0;
  /// About the d at which the relaxation is least.
  virtual std::span<const double> d() const = 0;
  /// The neuron whose split promises most, or -1 if no split changes the relaxation.
  virtual int chooseSplit(std::span<const std::int8_t> splits) = 0;
};

/// The neurons that a relaxation of a network with one hidden layer has to look at, those that may be active or not:
/// with the others' part of the slope. A neuron with v > 0 is convex in x, and needs no split.
struct OpenNeurons {
  OpenNeurons(const DenseLayers& network, const CertifyRow& row, const Question& question);

  std::vector<int> units;
  std::vector<double> fixedSlope;  ///< sum of v_k w_k over the neurons that are always active
  double fixedValue = 0;           ///< constant and the value of those at the row
};

/// The neuron with v < 0 and no split whose chord is farthest from its ReLU at x + d; -1 if there is none.
int widestChord(const DenseLayers& network, const CertifyRow& row, const Question& question, const OpenNeurons& open,
                std::span<const std::int8_t> splits, std::span<const double> d);

/// The relaxation for the Euclidean norm: projected Newton steps on the dual, whose only term that is not linear is the
/// support function of what may be added. Where that is not smooth it is smoothed, less and less.
///
/// D. P. Bertsekas, "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control
/// Optim. 20, 1982.
std::unique_ptr<MarginRelaxation> newtonRelaxation(const DenseLayers& network, const CertifyRow& row,
                                                   const Question& question);
/// The relaxation for the maximum norm: the linear program in d and the heights of convex neurons, by a dual simplex
/// method that begins with the basis of the parent.
std::unique_ptr<MarginRelaxation> linearRelaxation(const DenseLayers& network, const CertifyRow& row,
                                                   const Question& question);
/// The relaxation for any number of hidden layers: slopes of the lines below ReLUs and multipliers of splits, improved
/// by projected steps along the gradient.
///
/// S. Wang, H. Zhang, K. Xu, X. Lin, S. Jana, C.-J. Hsieh, J. Z. Kolter, "Beta-CROWN: Efficient bound propagation with
/// per-neuron split constraints for neural network robustness verification", NeurIPS 2021.
std::unique_ptr<MarginRelaxation> layeredRelaxation(const DenseLayers& network, const CertifyRow& row,
                                                    const Question& question);

/// The relaxation that fits the network and the norm.
std::unique_ptr<MarginRelaxation> relaxationFor(const DenseLayers& network, const CertifyRow& row,
                                                const Question& question);

/// Bounds of the numbers in front of the ReLUs of the second and later layers by relaxations, where intervals cross 0.
void tightenLayers(const DenseLayers& network, CertifyRow& row, const Cpu& la);

}  // namespace nonconvex
