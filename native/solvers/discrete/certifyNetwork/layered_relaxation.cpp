#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "solvers/discrete/certifyNetwork/relaxation.hpp"

namespace nonconvex {
namespace {

/// A dual vector by parameters: of neurons that cross 0 and have v > 0 the slope of the line below the ReLU, as a share
/// of v, of split ones the multiplier of the split. The slope of the line above is that of the chord.
class LayeredRelaxation final : public MarginRelaxation {
 public:
  LayeredRelaxation(const DenseLayers& network, const CertifyRow& row, const Question& question)
      : network_(network), row_(row), question_(question), value_(network, row), d_(at(network.inputs())) {
    const std::size_t neurons = at(network.neurons());
    for (std::vector<double>* each : {&parameters_, &gradient_, &mean_, &squares_, &q_, &v_, &p_, &activations_})
      each->resize(neurons);
    for (const double v : question.v) scale_ = std::max(scale_, std::abs(v));
    if (scale_ == 0) scale_ = 1;
  }

  double improve(std::span<const std::int8_t> splits, DualStart& start, double goal, const Cpu& la) override {
    const bool isRoot = std::all_of(splits.begin(), splits.end(), [](int split) { return split == 0; });
    double bound = value_(question_, splits, start.q);
    takeParameters(splits, start.q);
    if (isRoot) beginSlopes();
    std::fill(mean_.begin(), mean_.end(), 0.0);
    std::fill(squares_.begin(), squares_.end(), 0.0);
    const int steps = isRoot ? Tuning::rootSteps : Tuning::steps;
    for (int step = 0; step <= steps; ++step) {
      la.checkpoint();
      backward(splits);
      const double next = value_(question_, splits, q_);
      if (step == 0 || next > bound) std::copy(value_.d().begin(), value_.d().end(), d_.begin());
      if (next > bound) {
        bound = next;
        start.q = q_;
      }
      forward(splits);
      if (bound >= goal) break;
      ascend(splits, step, steps);
    }
    return bound;
  }

  std::span<const double> d() const override { return d_; }

  int chooseSplit(std::span<const std::int8_t> splits) override {
    int best = -1;
    double most = 0;
    for (std::size_t k = 0; k < splits.size(); ++k) {
      if (!crosses(k, splits)) continue;
      const double gap = v_[k] * (std::max(0.0, p_[k]) - activations_[k]);
      if (best >= 0 && gap <= most) continue;
      most = gap;
      best = static_cast<int>(k);
    }
    return best;
  }

 private:
  struct Tuning {
    static constexpr int rootSteps = 100;       ///< safeguard: steps at the root of a tree
    static constexpr int steps = 30;            ///< safeguard: steps at other nodes
    static constexpr double length = 0.1;       ///< published: length of the first step (Beta-CROWN)
    static constexpr double ofMean = 0.9;       ///< published: share of old gradients in their mean (Adam)
    static constexpr double ofSquares = 0.999;  ///< published: share of old squares in their mean (Adam)
    static constexpr double shortest = 0.05;    ///< safeguard: length of the last step beside the first one
  };

  bool crosses(std::size_t k, std::span<const std::int8_t> splits) const {
    return splits[k] == 0 && row_.low[k] < 0 && row_.high[k] > 0;
  }

  /// The parameters whose dual vector is nearest to q.
  void takeParameters(std::span<const std::int8_t> splits, std::span<const double> q) {
    const std::span<const DenseLayer> layers = network_.hidden();
    std::copy(question_.v.begin(), question_.v.end(), v_.begin() + layers.back().first);
    for (std::size_t j = layers.size(); j-- > 0;) {
      for (int r = 0; r < layers[j].outputs; ++r) {
        const std::size_t k = at(layers[j].first + r);
        parameters_[k] = splits[k] > 0   ? std::max(0.0, v_[k] - q[k])
                         : splits[k] < 0 ? std::max(0.0, q[k])
                         : v_[k] > 0     ? std::clamp(q[k] / v_[k], 0.0, 1.0)
                                         : chosenSlope(k);
      }
      if (j > 0) toLayerBefore(layers[j], q);
    }
  }

  void toLayerBefore(const DenseLayer& layer, std::span<const double> q) {
    const std::size_t before = at(layer.first - layer.inputs);
    multiplyTransposed(layer, q.subspan(at(layer.first), at(layer.outputs)),
                       std::span(v_).subspan(before, at(layer.inputs)));
  }

  /// 1 for the neuron whose range is more active than not, else 0.
  double chosenSlope(std::size_t k) const { return row_.high[k] > -row_.low[k] ? 1 : 0; }
  void beginSlopes() {
    for (std::size_t k = 0; k < parameters_.size(); ++k) parameters_[k] = chosenSlope(k);
  }

  /// q and v of the parameters, the last layer first.
  void backward(std::span<const std::int8_t> splits) {
    const std::span<const DenseLayer> layers = network_.hidden();
    std::copy(question_.v.begin(), question_.v.end(), v_.begin() + layers.back().first);
    for (std::size_t j = layers.size(); j-- > 0;) {
      for (int r = 0; r < layers[j].outputs; ++r) {
        const std::size_t k = at(layers[j].first + r);
        const double low = row_.low[k], high = row_.high[k];
        if (splits[k] > 0)
          q_[k] = v_[k] - parameters_[k];
        else if (splits[k] < 0)
          q_[k] = parameters_[k];
        else if (low >= 0)
          q_[k] = v_[k];
        else if (high <= 0)
          q_[k] = 0;
        else
          q_[k] = v_[k] * (v_[k] > 0 ? parameters_[k] : high / (high - low));
      }
      if (j > 0) toLayerBefore(layers[j], q_);
    }
  }

  /// p, the derivatives of the bound in q, and the activations of the relaxation, which are those in v.
  void forward(std::span<const std::int8_t> splits) {
    const std::span<const DenseLayer> layers = network_.hidden();
    for (std::size_t j = 0; j < layers.size(); ++j) {
      const DenseLayer& layer = layers[j];
      const double* before = j == 0 ? nullptr : activations_.data() + layer.first - layer.inputs;
      for (int r = 0; r < layer.outputs; ++r) {
        const std::size_t k = at(layer.first + r);
        p_[k] = j == 0 ? row_.z[k] + dot(layer.row(r), value_.d().data(), layer.inputs)
                       : layer.biases[at(r)] + dot(layer.row(r), before, layer.inputs);
        const double low = row_.low[k], high = row_.high[k];
        if (splits[k] > 0 || (splits[k] == 0 && low >= 0))
          activations_[k] = p_[k];
        else if (splits[k] < 0 || high <= 0)
          activations_[k] = 0;
        else if (v_[k] > 0)
          activations_[k] = parameters_[k] * p_[k];
        else
          activations_[k] = high / (high - low) * (p_[k] - low);
      }
    }
  }

  /// A step of the parameters along their gradient (Adam), cut to where they may be.
  void ascend(std::span<const std::int8_t> splits, int step, int steps) {
    const double share = 1 - (1 - Tuning::shortest) * step / std::max(1, steps);
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      const bool slope = splits[k] == 0;
      if (slope && !(crosses(k, splits) && v_[k] > 0)) continue;
      gradient_[k] = slope ? v_[k] * p_[k] : -splits[k] * p_[k];
      mean_[k] += (1 - Tuning::ofMean) * (gradient_[k] - mean_[k]);
      squares_[k] += (1 - Tuning::ofSquares) * (square(gradient_[k]) - squares_[k]);
      const double mean = mean_[k] / (1 - std::pow(Tuning::ofMean, step + 1));
      const double size = std::sqrt(squares_[k] / (1 - std::pow(Tuning::ofSquares, step + 1)));
      if (!(size > 0)) continue;
      parameters_[k] += Tuning::length * share * (slope ? 1 : scale_) * mean / size;
      parameters_[k] = slope ? std::clamp(parameters_[k], 0.0, 1.0) : std::max(0.0, parameters_[k]);
    }
  }

  const DenseLayers& network_;
  const CertifyRow& row_;
  const Question& question_;
  DualValue value_;
  double scale_ = 0;
  std::vector<double> parameters_, gradient_, mean_, squares_;
  std::vector<double> q_, v_, p_, activations_, d_;
};

}  // namespace

std::unique_ptr<MarginRelaxation> layeredRelaxation(const DenseLayers& network, const CertifyRow& row,
                                                    const Question& question) {
  return std::make_unique<LayeredRelaxation>(network, row, question);
}

std::unique_ptr<MarginRelaxation> relaxationFor(const DenseLayers& network, const CertifyRow& row,
                                                const Question& question) {
  if (network.hidden().size() > 1) return layeredRelaxation(network, row, question);
  return row.perturbation.isBox() ? linearRelaxation(network, row, question) : newtonRelaxation(network, row, question);
}

void tightenLayers(const DenseLayers& network, CertifyRow& row, const Cpu& la) {
  for (std::size_t j = 1; j < network.hidden().size(); ++j) {
    const DenseLayers before(network, j);
    const DenseLayer& layer = network.hidden()[j];
    const std::vector<std::int8_t> splits(at(before.neurons()));
    for (int r = 0; r < layer.outputs; ++r) {
      const std::size_t k = at(layer.first + r);
      for (const double sign : {1.0, -1.0}) {
        if (row.low[k] >= 0 || row.high[k] <= 0) break;
        Question question;
        question.constant = sign * layer.biases[at(r)];
        for (int i = 0; i < layer.inputs; ++i) question.v.push_back(sign * layer.row(r)[i]);
        DualStart start{.q = std::vector<double>(splits.size())};
        const double bound = relaxationFor(before, row, question)->improve(splits, start, infinity, la);
        double& side = sign > 0 ? row.low[k] : row.high[k];
        side = sign > 0 ? std::max(side, bound) : std::min(side, -bound);
      }
    }
  }
}

}  // namespace nonconvex
