// The objective of generalised linear models with dense data, where the linear algebra computes.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "data/matrix_input.hpp"
#include "linalg/device_copy.hpp"
#include "linalg/linalg.hpp"
#include "problems/glm/data.hpp"
#include "problems/glm/kept_hessian.hpp"
#include "problems/glm/kernels.hpp"
#include "problems/objective.hpp"
#include "sketching/sketch_by_rows.hpp"

namespace nonconvex {

/// The data stay on the device, in the precision that they came in; of each evaluation n numbers and the value come to
/// the host. The Hessian comes only where its entries are asked for: `hessianOnDevice` leaves it on the device.
template <LinAlg La>
class DeviceGlm final : public Objective, public LaggedHessian, public HessianLowerBound, public TypicalGradient {
 public:
  using Space = typename La::Space;
  using Matrix = typename La::template Matrix<double>;

  /// Copies `dense`, row-major, to the device. `la` must outlive this.
  DeviceGlm(const La& la, std::shared_ptr<const GlmData> data, const MatrixInput& dense);

  int variables() const override { return data_->columns(); }
  const SparsePattern& hessianPattern() const override { return data_->analysis()->hessian; }
  bool convex() const override { return true; }
  void moveTo(std::span<const double> x) override;
  double value() override;
  void gradient(std::span<double> g) override;
  double typicalGradient() override;
  void hessian(double sigma, std::span<double> values) override;
  void hessianProduct(double sigma, std::span<const double> v, std::span<double> out) override;

  /// The weights of rows at the point of the last Hessian, scaled, where they are off by a share that `accuracy`
  /// allows.
  bool useLaggedHessian(double accuracy) override;
  bool useHessianLowerBound() override;

  int rows() const { return N_; }
  /// sigma times the Hessian, or the matrix chosen instead, into the lower triangle of H, n x n on the device.
  void hessianOnDevice(double sigma, Mat<double, Space> H);
  /// B S^T, n x rows of S, where the Hessian is B B^T and the ridge.
  void sketch(const SketchByRows<La>& S, Mat<double, Space> to);
  /// H += sigma times the ridge
  void addRidge(double sigma, Mat<double, Space> H) const {
    la_.forEach(n_, kernels::AddRidge<Space>{ridge_.flat(), sigma, H});
  }

 private:
  static constexpr int blockEntries = 1 << 25;    // entries written out at a time for a Gram matrix: long columns pay
  static constexpr int cachedEntries = 1 << 21;   // entries that are converted at a time and read again
  static constexpr int productThreads = 1 << 17;  // threads of a product, enough for any device

  template <class F>
  void withData(F&& f) const {
    single_.size() > 0 ? f(Mat<const float, Space>(single_.view())) : f(Mat<const double, Space>(full_.view()));
  }
  void evaluate();
  void predict(std::span<const double> x);
  void product(Vec<const double, Space> r, std::span<double> out);
  void gradientOf(Vec<const double, Space> r, std::span<double> g);
  void writeKept(double sigma, double factor, Mat<double, Space> H);

  const La& la_;
  std::shared_ptr<const GlmData> data_;
  int n_, N_;
  Matrix full_;  // A, n x N, one of the two
  typename La::template Matrix<float> single_;
  Matrix y_, weights_, offset_, ridge_;
  Matrix t_, first_, second_;  // predictors of the last product, derivatives of the weighted losses
  Matrix x_, parts_, sum_;
  Matrix block_;                    // a block of A, weighted or converted
  Matrix kept_, keptWeights_;       // the last A W A^T, its lower triangle, and W
  std::optional<double> multiple_;  // the next Hessian is this multiple of kept_
  int pieceColumns_;
  std::vector<double> at_;
  bool evaluated_ = false;
  double value_ = 0;
};

template <LinAlg La>
DeviceGlm<La>::DeviceGlm(const La& la, std::shared_ptr<const GlmData> data, const MatrixInput& dense)
    : la_(la),
      data_(std::move(data)),
      n_(data_->columns()),
      N_(data_->count()),
      t_(la.template matrix<double>(N_, 1)),
      first_(la.template matrix<double>(N_, 1)),
      second_(la.template matrix<double>(N_, 1)),
      x_(la.template matrix<double>(n_, 1)),
      sum_(la.template matrix<double>(n_, 1)),
      at_(static_cast<std::size_t>(n_)) {
  const auto copied = [&](const auto* from, int rows, int columns) {
    using T = std::remove_cvref_t<decltype(*from)>;
    auto to = la_.template matrix<T>(rows, columns, Uninitialized{});
    la_.upload(Mat<const T>{from, rows, columns, rows}, to.view());
    return to;
  };
  const GlmData::Rows& rows = data_->rows();
  if (dense.f64 != nullptr) {
    full_ = copied(dense.f64, n_, N_);
  } else {
    single_ = copied(dense.f32, n_, N_);
  }
  y_ = copied(rows.y.data(), N_, 1);
  weights_ = copied(rows.weights.data(), N_, 1);
  if (!rows.offset.empty()) offset_ = copied(rows.offset.data(), N_, 1);
  ridge_ = copied(rows.ridge.data(), n_, 1);
  const int pieces = std::clamp(productThreads / n_, 1, std::max(1, N_ / 64));
  pieceColumns_ = std::max(1, (N_ + pieces - 1) / pieces);
  parts_ = la_.template matrix<double>((N_ + pieceColumns_ - 1) / pieceColumns_, n_);
  block_ = la_.template matrix<double>(n_, std::clamp(blockEntries / n_, 1, std::max(1, N_)), Uninitialized{});
}

template <LinAlg La>
void DeviceGlm<La>::moveTo(std::span<const double> x) {
  if (evaluated_ && std::equal(x.begin(), x.end(), at_.begin())) return;
  std::copy(x.begin(), x.end(), at_.begin());
  evaluated_ = false;
  multiple_.reset();
}

/// t_ = A^T x
template <LinAlg La>
void DeviceGlm<La>::predict(std::span<const double> x) {
  la_.upload(asColumn(x), x_.view());
  const Vec<const double, Space> on = x_.flat();
  if (single_.size() == 0) return la_.gemv(Transpose::yes, 1, full_.view(), on, 0, t_.flat());
  // Blocks of rows stay in the device's cache as double.
  const int most = std::clamp(cachedEntries / n_, 1, std::max(1, block_.cols()));
  for (int i = 0; i < N_; i += most) {
    const int count = std::min(most, N_ - i);
    const Mat<double, Space> block = block_.columns(0, count);
    la_.copy(Mat<const float, Space>(single_.columns(i, count)), block);
    la_.gemv(Transpose::yes, 1, block, on, 0, t_.flat().part(i, count));
  }
}

/// out = A r, by a loop of our own: A is much wider than high, and may be of single precision.
template <LinAlg La>
void DeviceGlm<La>::product(Vec<const double, Space> r, std::span<double> out) {
  withData([&]<class T>(Mat<const T, Space> A) {
    la_.forEach(n_, parts_.rows(), kernels::PieceOfProduct<T, Space>{A, r, pieceColumns_, parts_});
  });
  la_.columnSums(parts_.rows(), n_, kernels::PartOfProduct<Space>{parts_}, sum_.flat());
  la_.download(sum_.view(), asColumn(out));
}

template <LinAlg La>
void DeviceGlm<La>::evaluate() {
  if (evaluated_) return;
  la_.checkpoint();
  predict(at_);
  value_ = la_.sum(N_, kernels::WeightedLoss<Space>{data_->rows().family, t_.flat(), y_.flat(), weights_.flat(),
                                                    offset_.flat(), first_.flat(), second_.flat()});
  const std::vector<double>& ridge = data_->rows().ridge;
  for (std::size_t j = 0; j < at_.size(); ++j) value_ += 0.5 * ridge[j] * at_[j] * at_[j];
  evaluated_ = true;
}

template <LinAlg La>
double DeviceGlm<La>::value() {
  evaluate();
  return value_;
}

template <LinAlg La>
void DeviceGlm<La>::gradient(std::span<double> g) {
  evaluate();
  gradientOf(first_.flat(), g);
}

template <LinAlg La>
double DeviceGlm<La>::typicalGradient() {
  la_.forEach(N_, kernels::FirstAtMean<Space>{data_->rows().family, data_->meanResponse(), y_.flat(), weights_.flat(),
                                              t_.flat()});
  std::vector<double> g(at_.size());
  gradientOf(t_.flat(), g);
  double largest = 0;
  for (const double value : g) largest = std::max(largest, std::abs(value));
  return largest;
}

/// g = A r + ridge x
template <LinAlg La>
void DeviceGlm<La>::gradientOf(Vec<const double, Space> r, std::span<double> g) {
  product(r, g);
  const std::vector<double>& ridge = data_->rows().ridge;
  for (std::size_t j = 0; j < at_.size(); ++j) g[j] += ridge[j] * at_[j];
}

template <LinAlg La>
void DeviceGlm<La>::hessianProduct(double sigma, std::span<const double> v, std::span<double> out) {
  evaluate();
  la_.checkpoint();
  predict(v);
  la_.forEach(N_, kernels::TimesEntry<Space>{second_.flat(), t_.flat()});
  product(t_.flat(), out);
  const std::vector<double>& ridge = data_->rows().ridge;
  for (std::size_t j = 0; j < at_.size(); ++j) out[j] = sigma * (out[j] + ridge[j] * v[j]);
}

/// sigma (A W A^T + ridge), by blocks of rows.
template <LinAlg La>
void DeviceGlm<La>::hessianOnDevice(double sigma, Mat<double, Space> H) {
  evaluate();
  if (const auto multiple = std::exchange(multiple_, std::nullopt)) return writeKept(sigma, *multiple, H);
  if (kept_.size() == 0) {
    kept_ = la_.template matrix<double>(n_, n_);
    keptWeights_ = la_.template matrix<double>(N_, 1, Uninitialized{});
  }
  for (int i = 0; i < N_; i += block_.cols()) {
    la_.synchronize();  // or all blocks would be under way before an abort is seen
    la_.checkpoint();
    const int count = std::min(block_.cols(), N_ - i);
    const Mat<double, Space> block = block_.columns(0, count);
    const Vec<const double, Space> weights = second_.flat();
    withData([&]<class T>(Mat<const T, Space> A) {
      la_.forEach(n_, count,
                  kernels::RootWeighted<T, double, Space>{A.columns(i, count), weights.part(i, count), block});
    });
    la_.syrk(Transpose::no, 1, block, i == 0 ? 0.0 : 1.0, kept_.view());
  }
  la_.copy(second_.view(), keptWeights_.view());
  writeKept(sigma, 1, H);
}

template <LinAlg La>
void DeviceGlm<La>::writeKept(double sigma, double factor, Mat<double, Space> H) {
  la_.forEach(n_, n_, kernels::LowerMultiple<Space>{sigma * factor, kept_, H});
  addRidge(sigma, H);
}

template <LinAlg La>
bool DeviceGlm<La>::useLaggedHessian(double accuracy) {
  constexpr double columnsOfAPass = 240;  // their Hessian takes as long as a pass over the data: an estimate
  evaluate();
  if (kept_.size() == 0) return false;
  const Vec<const double, Space> now = second_.flat(), then = keptWeights_.flat();
  const double sum = la_.sum(N_, kernels::ChangeOf<Space>{now, now, 0});
  const double sumThen = la_.sum(N_, kernels::ChangeOf<Space>{then, then, 0});
  const auto change = [&](double factor) { return la_.sum(N_, kernels::ChangeOf<Space>{now, then, factor}); };
  multiple_ = kept_hessian::laggedMultiple(accuracy, n_ / columnsOfAPass, sum, sumThen, change);
  return multiple_.has_value();
}

template <LinAlg La>
bool DeviceGlm<La>::useHessianLowerBound() {
  evaluate();
  if (kept_.size() == 0) return false;
  for (const double share : {0.99, kept_hessian::leastShare}) {
    if (la_.sum(N_, kernels::FallsBelow<Space>{second_.flat(), keptWeights_.flat(), share}) > 0) continue;
    multiple_ = share;
    return true;
  }
  return false;
}

template <LinAlg La>
void DeviceGlm<La>::sketch(const SketchByRows<La>& S, Mat<double, Space> to) {
  evaluate();
  la_.checkpoint();
  la_.forEach(N_, kernels::Root<Space>{second_.flat(), t_.flat()});
  withData([&]<class T>(Mat<const T, Space> A) { S.apply(A, t_.flat(), to); });
}

template <LinAlg La>
void DeviceGlm<La>::hessian(double sigma, std::span<double> values) {
  const Matrix H = la_.template matrix<double>(n_, n_, Uninitialized{});
  const HostMatrix<double> host(n_, n_, Uninitialized{});
  hessianOnDevice(sigma, H.view());
  la_.download(H.view(), host.view());
  double* to = values.data();
  for (int j = 0; j < n_; ++j) to = std::copy(host.column(j) + j, host.column(j) + n_, to);
}

}  // namespace nonconvex
