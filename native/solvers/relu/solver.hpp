// Two-layer ReLU networks trained through their convex reformulation.
//
//   minimise  loss(sum_i D_i X (v_i - w_i), y) + beta sum_i (||v_i|| + ||w_i||)
//   subject to  (2 D_i - I) X v_i >= 0,  (2 D_i - I) X w_i >= 0,      D_i = diag(1[X g_i >= 0])
//
// M. Pilanci, T. Ergen, "Neural networks are convex regularizers", ICML 2020; ADMM: Y. Bai, T. Gautam, S. Sojoudi,
// "Efficient global optimization of two-layer ReLU networks", SIMODS 5(2), 2023, section 3. Ours differs in the
// splitting.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/run.hpp"
#include "methods/acceleration/anderson.hpp"
#include "solvers/relu/engines/active_set_newton.hpp"
#include "solvers/relu/engines/penalty_adaptation.hpp"
#include "solvers/relu/certificate.hpp"
#include "solvers/relu/engines/corrections.hpp"
#include "solvers/relu/engines/gap_rate.hpp"
#include "solvers/relu/map.hpp"
#include "solvers/relu/engines/output_acceleration.hpp"
#include "solvers/relu/prox.hpp"
#include "solvers/relu/engines/slack.hpp"
#include "solvers/relu/engines/system.hpp"

namespace nonconvex {

/// What is called now and then while data are read: it throws where the solve was aborted.
template <LinAlg La>
std::function<void()> abortPointsOf(const La& la) {
  if constexpr (std::is_same_v<La, Cpu>) return [&la] { la.abortPoint(); };
  return [] {};
}

/// ADMM (Douglas-Rachford splitting) for the program above; see docs/relu.md for the derivation.
///
/// splitting 'cone': cone and group norm are one proximal step, so that every v is feasible. Squared loss:
///   v = prox(b);  theta = (I + F F^T / rho)^{-1} (y - F (2 v - b));  u = 2 v - b + F^T theta / rho;  b += relaxation
///   (u - v).
/// Other losses are split from the predictions as well: z = prox_{loss / sigma}(a), and (u, F u) is the projection of
/// (2 v - b, 2 z - a) onto the graph of F in the norm rho ||.||^2 + sigma ||.||^2. Anderson acceleration acts on (b,
/// a).
///
/// splitting 'slack' is ADMM as published, on the same n x n system (slack.hpp).
///
/// Everything stays where La computes, in its numbers; on a device an iteration waits for nothing unless its system is
/// solved by conjugate gradients. Objective, bound and network are computed in double precision (certificate.hpp).
template <LinAlg La>
class ReluSolver {
 public:
  ReluSolver(const La& la, const ReluProblem& problem, const ReluSettings& settings);
  /// Solves on data that is at hand; `start` is on the scaled data, or empty.
  ReluSolver(const La& la, ReluData data, const ReluSettings& settings, ReluWarmStart start = {});

  void start();
  std::optional<Status> step();
  ReluProgress progress();
  ReluSolution solution() {
    ReluSolution found = certificate_.solution();
    found.rho = rho();
    return found;
  }

  /// The certificate keeps the best point that was offered, and nothing is offered after an abort.
  bool keepsBest() const { return true; }

  /// The penalty in the user's units.
  double rho() const { return rho_ * data_.normScale() * data_.normScale(); }
  int factorizations() const { return system_.factorizations(); }

 private:
  using T = typename La::Number;
  using Space = typename La::Space;
  template <class U>
  using Matrix = typename La::template Matrix<U>;
  using In = Mat<const T, Space>;
  static constexpr bool onHost = std::is_same_v<Space, Host>;
  static constexpr bool cpu = std::is_same_v<La, Cpu>;
  static constexpr bool single = !std::is_same_v<T, double>;

  static constexpr int sampling = 5;
  static constexpr int window = 100;
  static constexpr int manyAdaptations = 12;
  static constexpr double wellUnderWay = 0.01;
  static constexpr double newtonFrom = 0.03;
  static constexpr double newtonFromCoupled = 0.1;  // 'softmax', where ADMM is slow from the beginning
  static constexpr double newtonRho = 0.1;          // rho of the first proximal problem, over that of ADMM
  static constexpr double newtonRhoCoupled = 1e-3;  // 86 in place of 91 iterations on digits in ten classes
  static constexpr double correctFrom = 0.02;
  // A correction leaves about the square of an error: further off than so many square roots of the tolerance it does
  // not reach that.
  static constexpr double correctWithin = 0.3;
  static constexpr double roundedTo = 1e-3;  // the gap down to which systems are solved in single precision
  static constexpr double anewFrom = 0.01;   // the gap from which F b is made anew at reports
  static constexpr int mostCorrections = 2;  // of a dual point; a third one gains little
  static constexpr double worthCorrecting = 0.7;
  static constexpr double slowing = 1.5;    // ADMM's rate gets worse: by 1.3 to 2 on most problems
  static constexpr double warmStep = 0.01;  // how far the first step is taken to go from a warm start, over rhs
  static constexpr int looseSteps = 6;
  static constexpr double looseFrom = 0.1;
  static constexpr int mostAttempts = 2;
  static constexpr int mostIdle = 20;

  bool squared() const { return data_.loss.kind == ReluLoss::squared; }
  bool slack() const { return settings_.splitting == ReluSplitting::slack && map_.signs() == 2; }
  const ReluMap<La, double>& exact() const {
    if constexpr (single) {
      return *exact_;
    } else {
      return map_;
    }
  }

  /// What adds up numbers over ranks; empty where all rows are here.
  std::function<void(std::span<double>)> sums() const {
    if (!data_.ranks) return {};
    return [this](std::span<double> values) { data_.together(values); };
  }

  static const ReluSettings& checked(const ReluSettings& settings);
  void layOutState();
  void startAcceleration(int memory);
  void accelerate();
  void forgetAcceleration();
  void readWarmStart(const ReluWarmStart& warm);
  void chooseRho();
  double typicalTarget() const;
  bool setSystem();
  void solveSystem();
  void measureStep();
  void takeWarmStart();

  void restart(Mat<const double, Space> weights, Mat<const double, Space> dual);
  bool newtonPays();
  void beginNewton();
  std::optional<Status> newtonStep();
  void endNewton();

  void updateV();
  double allowedViolation() const;
  void updateU();
  void measureResiduals();
  void adaptRho();
  void rescale(double rho, double sigma);
  void slackStep();

  kernels::Target<T, Space> target() const { return {squared(), rows_.y.view().data, z_.view().data, a_.data}; }
  void offerIterate();
  /// Whether this is the report of a solve that ends before it began.
  bool endsUnreported() const {
    if constexpr (cpu) return reports_ == 0 && la_.ending();
    return false;
  }
  double offerMultiplier();
  void offerCorrected();
  /// What v is the proximal step of.
  In pointOfProx() const {
    if constexpr (cpu) {
      if (newtonRuns_) return newton_->b();
    }
    return b0_;
  }

  const La& la_;
  ReluSettings settings_;
  ReluData data_;
  ReluWarmStart warmStart_;
  ReluRows<La> rows_;
  ReluMap<La> map_;
  std::unique_ptr<ReluMap<La, double>> exact_;  // where map_ is not in double precision
  kernels::Blocks blocks_;
  ReluProx<La> prox_;
  ReluSystem<La> system_;

  // One iteration maps `state_` to the next: b (d x columns), a and F b (n x c). Splitting 'slack': b is lambda.
  Matrix<T> state_, before_;
  Mat<T, Space> b_, a_, fb_;
  In b0_, a0_;  // in `before_`: what v, z and u were made from
  std::unique_ptr<Anderson<La>> anderson_;
  std::unique_ptr<OutputAcceleration> byOutput_;  // in its place, where outputs share nothing
  std::unique_ptr<ReluBalance<La>> balance_;
  std::unique_ptr<ReluSlack<La>> slack_;  // splitting 'slack': neither of those two

  // Newton's method: on the CPU, with cones, norms of single columns and a smooth loss, where rho is the solver's.
  std::unique_ptr<ReluActiveSetNewton> newton_;
  bool newtonRuns_ = false;
  // Corrections of what is reported: on the CPU, with the squared loss and norms of single columns.
  std::unique_ptr<ReluCorrections> corrections_;
  std::vector<char> corrected_, correctionPays_;  // by output
  std::vector<double> gaps_;
  ReluGapRate rate_;
  int attempts_ = 0;
  int idle_ = 0;  // steps since the gap came down
  double bestGap_ = INFINITY;

  Matrix<T> theta_, rhs_;            // n x c
  Matrix<T> q_;                      // d x columns of one sign: F^T theta
  Matrix<double> z_, zDual_, work_;  // n x c: splitting of the loss
  Converted<La, T, double> convertA_;
  double rho_ = 1;
  double sigma_ = 1;
  double leastRho_ = 0;
  double stepLength_ = 0;
  bool factored_ = false;
  int adaptations_ = 0;
  int lastAdaptation_ = 0;
  int iteration_ = 0;
  bool knowsDual_ = false;  // theta or zDual is a dual point

  ReluCertificate<La> certificate_;
  int reports_ = 0;
  bool subgradientPays_ = true;
};

template <LinAlg La>
ReluSolver<La>::ReluSolver(const La& la, const ReluProblem& problem, const ReluSettings& settings)
    : ReluSolver(la, ReluData(problem, checked(settings), la.availableMemory(), sizeof(T), abortPointsOf(la)),
                 settings) {
  if (problem.warmStart.weights.cols() > 0) readWarmStart(problem.warmStart);
}

template <LinAlg La>
ReluSolver<La>::ReluSolver(const La& la, ReluData data, const ReluSettings& settings, ReluWarmStart start)
    : la_(la),
      settings_(settings),
      data_(std::move(data)),
      warmStart_(std::move(start)),
      rows_(la, data_),
      map_(la, data_, rows_, settings),
      exact_(single ? std::make_unique<ReluMap<La, double>>(la, data_, rows_, settings) : nullptr),
      blocks_(kernels::Blocks::among(map_.columns(), map_.patterns(),
                                     settings.coupling == ReluCoupling::frobenius ? data_.c : 1)),
      prox_(la, data_, map_, exact(), blocks_),
      system_(la, map_, data_, settings.seed),
      certificate_(la, data_, rows_, map_, exact(), prox_, blocks_, settings.activation) {
  const int n = data_.n;
  const int c = data_.c;
  require(!slack() || squared(), "splitting", "slack", "expected 'cone' with a loss other than 'squared'");
  require(!map_.features() || settings.activation == ReluActivation::relu, "activation", "gated",
          "expected 'relu' with method 'sampled'");
  for (Matrix<T>* m : {&theta_, &rhs_}) *m = la.template matrix<T>(n, c);
  work_ = la.template matrix<double>(n, c);
  if (!squared()) {
    for (Matrix<double>* m : {&z_, &zDual_}) *m = la.template matrix<double>(n, c);
    convertA_ = {la, n, c};
  }
  q_ = la.template matrix<T>(map_.dimension(), data_.c * map_.patterns());
  layOutState();
}

/// The state of the iteration in one vector: b, a where the loss is split, and F b.
template <LinAlg La>
void ReluSolver<La>::layOutState() {
  const int d = map_.dimension();
  const int columns = map_.columns();
  const int n = data_.n;
  const int c = data_.c;
  const int weights = d * columns;
  const int predictions = n * c;
  const int split = squared() ? 0 : predictions;
  for (Matrix<T>* m : {&state_, &before_}) *m = la_.template matrix<T>(weights + split + predictions, 1);
  T* state = state_.view().data;
  const T* before = before_.view().data;
  b_ = {state, d, columns, d};
  a_ = {state + weights, n, c, n};
  fb_ = {state + weights + split, n, c, n};
  b0_ = {before, d, columns, d};
  a0_ = {before + weights, n, c, n};
}

template <LinAlg La>
void ReluSolver<La>::startAcceleration(int memory) {
  const int size = state_.rows();
  if constexpr (cpu) {
    const bool spread = data_.ranks && !squared();  // a is
    if (data_.c > 1 && blocks_.members == 1 && !data_.loss.coupled() && !spread) {
      const int ofSign = map_.dimension() * map_.patterns();
      std::vector<OutputAcceleration::Run> runs;
      for (int s = 0; s < map_.signs(); ++s) runs.push_back({s * data_.c * ofSign, ofSign});
      for (int first = map_.dimension() * map_.columns(); first < size; first += data_.n * data_.c) {
        runs.push_back({first, data_.n});
      }
      byOutput_ = std::make_unique<OutputAcceleration>(la_, memory, std::move(runs), 1, data_.c);
      return;
    }
  }
  anderson_ = std::make_unique<Anderson<La>>(la_, memory, size - data_.n * data_.c, size);
  if constexpr (cpu) {
    const int weights = map_.dimension() * map_.columns();
    if (data_.ranks && !squared()) anderson_->addUp(data_.ranks->rank() == 0 ? 0 : weights, sums());
  }
}

template <LinAlg La>
void ReluSolver<La>::accelerate() {
  if constexpr (cpu) {
    if (byOutput_) return byOutput_->advance(before_.flat(), state_.flat());
  }
  anderson_->advance(before_.flat(), state_.flat());
}

template <LinAlg La>
void ReluSolver<La>::forgetAcceleration() {
  if (byOutput_) byOutput_->reset();
  if (anderson_) anderson_->reset();
}

template <LinAlg La>
void ReluSolver<La>::readWarmStart(const ReluWarmStart& warm) {
  const int columns = map_.columns();
  const int n = data_.n;
  const int c = data_.c;
  require(warm.weights.rows() == data_.d, "rows of warmStart.weights", warm.weights.rows(),
          "expected " + show(data_.d));
  require(warm.weights.cols() == columns, "columns of warmStart.weights", warm.weights.cols(),
          "expected " + show(columns) + ", as many as this problem's patterns, outputs and signs make");
  require(warm.dual.rows() == n && warm.dual.cols() == c, "rows of warmStart.dual", warm.dual.rows(),
          "expected a " + show(n) + " x " + show(c) + " matrix");
  warmStart_ = {.weights = HostMatrix<double>(map_.dimension(), columns), .dual = HostMatrix<double>(n, c)};
  for (int j = 0; j < columns; ++j) {
    data_.scaleWeights(warm.weights.column(j), j % map_.patterns(), warmStart_.weights.column(j));
  }
  std::copy(warm.dual.data(), warm.dual.data() + warm.dual.size(), warmStart_.dual.data());
  for (int k = 0; k < n && data_.roots.size() > 0; ++k) {
    const double root = data_.roots[static_cast<std::size_t>(k)];
    for (int j = 0; j < c; ++j) warmStart_.dual(k, j) *= root > 0 ? 1 / root : 0;
  }
}

template <LinAlg La>
const ReluSettings& ReluSolver<La>::checked(const ReluSettings& settings) {
  if (!onHost) requireNoCones(settings);
  return settings;
}

template <LinAlg La>
void ReluSolver<La>::start() {
  const int n = data_.n;
  if (map_.signs() == 2) prox_.startCones();
  chooseRho();
  map_.letAbort(true);  // the system is not looked at again where it is not finished
  if (slack()) {
    slack_ = std::make_unique<ReluSlack<La>>(la_, data_, map_, 1 / (data_.typical * data_.typical));
    system_.start(slack_->metric());
  } else {
    system_.start(map_.xt());
    const int size = state_.rows();
    const int predictions = squared() ? 0 : n * data_.c;
    const int weights = map_.dimension() * map_.columns();
    double bytes = 2.0 * sizeof(T) * size;
    if (data_.ranks) bytes = data_.ranks->max(bytes);
    const int memory = static_cast<int>(std::clamp(3e8 / bytes, 3.0, 15.0));
    startAcceleration(memory);
    balance_ = std::make_unique<ReluBalance<La>>(la_, weights, predictions, settings_.relaxation, sums());
    if constexpr (cpu) {
      if (map_.signs() == 2 && blocks_.members == 1 && !data_.ranks && ReluActiveSetNewton::supports(data_.loss.kind) &&
          std::isnan(settings_.rho) && !(data_.loss.weighted && data_.loss.coupled())) {
        newton_ = std::make_unique<ReluActiveSetNewton>(la_, data_, map_, prox_);
      }
      if (squared() && blocks_.members == 1 && !map_.features() && !data_.ranks &&
          ReluCorrections::bytes(data_, map_) < la_.availableMemory() / 4) {
        corrections_ = std::make_unique<ReluCorrections>(la_, data_, map_, prox_);
        corrected_.assign(at(data_.c), 0);
        correctionPays_.assign(at(data_.c), 1);
        gaps_.assign(at(data_.c), 0);
      }
    }
  }
  leastRho_ = 1e-12 * system_.trace() * sigma_;
  rho_ = std::max(rho_, leastRho_);
  factored_ = setSystem();
  map_.letAbort(false);  // the start is what is reported first
  if (factored_ && warmStart_.weights.cols() > 0 && !slack()) takeWarmStart();
}

/// rho ~ 30 beta s / r_y, with s the root mean square of X and r_y of y: right for data of any scale. `adaptRho` does
/// the rest.
template <LinAlg La>
void ReluSolver<La>::chooseRho() {
  const bool margins = data_.loss.kind != ReluLoss::squared && data_.loss.kind != ReluLoss::huber;
  const double s = data_.typical;
  const double y = margins ? 1.0 : typicalTarget();
  const double unit = data_.beta * s / (y > 0 ? y : 1);
  // A feature of the sampled method is a whole product <x, g>, ||g|| = 1.
  const bool coupled = data_.loss.coupled();
  rho_ = map_.features() ? 30 * unit * s : (slack() ? 0.5 : coupled ? 10 : 30) * unit;
  const double given = std::isnan(settings_.rho) ? warmStart_.rho : settings_.rho;
  if (!std::isnan(given)) rho_ = given / (data_.normScale() * data_.normScale());
  sigma_ = squared() ? 1 : coupled ? 0.03 : margins ? 0.1 : std::min(1.0, data_.loss.delta / y);
}

/// The root mean square of y.
template <LinAlg La>
double ReluSolver<La>::typicalTarget() const {
  const double length = blas::nrm2(data_.n * data_.c, data_.y.data());
  if (!data_.ranks) return length / std::sqrt(static_cast<double>(data_.n) * data_.c);
  double sums[] = {length * length, 1.0 * data_.n * data_.c};
  data_.together(sums);
  return std::sqrt(sums[0] / sums[1]);
}

/// The system I + (sigma / rho) K0; where rounding makes that indefinite, a larger rho.
template <LinAlg La>
bool ReluSolver<La>::setSystem() {
  for (int attempt = 0; attempt < 20; ++attempt, rho_ *= 10) {
    if (system_.set(sigma_ / rho_)) return true;
  }
  return false;
}

/// theta and q = F^T theta. An inexact solution may be a share of the last step away, in the norm that the system has.
/// Shares three times as large took up to a third more iterations, and several times as many with losses that are
/// split.
template <LinAlg La>
void ReluSolver<La>::solveSystem() {
  double tolerance = 0;
  if (system_.inexact()) {
    if (iteration_ == 0) {
      const double length = la_.norm(rhs_.flat());
      stepLength_ = (warmStart_.weights.cols() > 0 ? warmStep : 1) *
                    (data_.ranks ? std::sqrt(data_.together(length * length)) : length);
    }
    tolerance = (squared() ? 0.1 : 0.03) * stepLength_;
  }
  system_.solve(rhs_, theta_, q_, tolerance);
}

/// How far the last iteration went before acceleration.
template <LinAlg La>
void ReluSolver<La>::measureStep() {
  if (!system_.inexact()) return;
  const auto squares = [&](Mat<T, Space> now, In before) {
    return la_.sum(now.rows * now.cols, kernels::SquaredDifference<T>{now.data, before.data});
  };
  stepLength_ = std::sqrt(rho_ / sigma_ * squares(b_, b0_) + (squared() ? 0 : data_.together(squares(a_, a0_))));
}

template <LinAlg La>
void ReluSolver<La>::takeWarmStart() {
  const DeviceCopy<La, double> weights(la_, warmStart_.weights);
  const DeviceCopy<La, double> dual(la_, warmStart_.dual);
  restart(weights, dual);
}

/// Sets the iterates from weights and dual: at a solution b - v = F^T theta / rho and z - a = theta / sigma.
template <LinAlg La>
void ReluSolver<La>::restart(Mat<const double, Space> weights, Mat<const double, Space> dual) {
  la_.copy(dual, theta_.view());
  map_.adjoint(theta_, q_);
  la_.forEach(b_.rows, b_.cols, kernels::WarmStart<T, Space>{1 / rho_, weights, q_, b_});
  if (!squared()) {
    exact().forward(weights, z_);
    la_.forEach(static_cast<int>(z_.size()), kernels::WarmPredictions<T>{sigma_, z_.view().data, dual.data, a_.data});
  }
  map_.forward(b_, fb_);
  la_.copy(state_.view(), before_.view());
  // The first report is about this start, or the weights themselves where these are better.
  if constexpr (onHost) {
    if (map_.signs() == 2) {
      prox_.project(weights);
      certificate_.offerPoint(prox_.point());
    }
  }
  // Without any iteration the weights alone are what is asked about: the proximal step there meets most cones for the
  // first time, which takes longest of all.
  if (settings_.maxIterations > 0) updateV();
  if (!squared()) la_.copy(dual, zDual_.view());
  knowsDual_ = true;
}

/// Whether Newton's method would reach the tolerance sooner than ADMM, by how ADMM's gap came down since a quarter of
/// its iterations ago. Asked after reports.
template <LinAlg La>
bool ReluSolver<La>::newtonPays() {
  if constexpr (cpu) {
    if (!newton_ || reports_ == rate_.reports) return false;
    rate_.reports = reports_;
    const double gap = certificate_.gap();
    const double left = slowing * rate_.iterationsLeft(iteration_, gap, settings_.tolerance);
    if (!(gap < (data_.loss.coupled() ? newtonFromCoupled : newtonFrom)) || left == 0 || attempts_ == mostAttempts)
      return false;
    // From 1e-2, softmax takes 13 steps to 1e-4 and 20 to 1e-9.
    const double steps = 16 + std::log(gap / std::max(settings_.tolerance, 1e-12));
    return left > steps * newton_->iterations() && newton_->bytes() < la_.availableMemory() / 4;
  } else {
    return false;
  }
}

/// Goes on by Newton's method from ADMM's v and dual point.
template <LinAlg La>
void ReluSolver<La>::beginNewton() {
  if constexpr (cpu) {
    ++attempts_;
    if (squared()) {
      la_.forEach(static_cast<int>(theta_.size()),
                  [&](int i) { work_.data()[i] = data_.y.data()[i] - theta_.data()[i]; });
    }
    newton_->start(prox_.v(), squared() ? work_ : z_, (data_.loss.coupled() ? newtonRhoCoupled : newtonRho) * rho_);
    newtonRuns_ = true;
    bestGap_ = certificate_.gap();
    idle_ = 0;
  }
}

/// One step of Newton's method, after which the gap is looked at: that costs little beside the step. Where the gap does
/// not come down ADMM goes on.
template <LinAlg La>
std::optional<Status> ReluSolver<La>::newtonStep() {
  if constexpr (cpu) {
    if (newton_->step()) {
      ++iteration_;
      offerIterate();
      const double gap = certificate_.gap();
      if (gap <= settings_.tolerance) return Status::solved;
      if (gap < 0.9 * bestGap_) {
        bestGap_ = gap;
        idle_ = 0;
      }
      if (++idle_ <= mostIdle) return std::nullopt;
    }
    endNewton();
  }
  return std::nullopt;
}

/// Goes back to ADMM from where Newton's method is.
template <LinAlg La>
void ReluSolver<La>::endNewton() {
  if constexpr (cpu) {
    newtonRuns_ = false;
    const HostMatrix<double> v(prox_.v().rows, prox_.v().cols);
    la_.copy(prox_.v(), v.view());
    restart(v, newton_->theta());
    forgetAcceleration();
    rate_ = {};
  }
}

template <LinAlg La>
std::optional<Status> ReluSolver<La>::step() {
  if (!factored_) return Status::numericalError;
  map_.letAbort(true);
  if constexpr (cpu) {
    if (!newtonRuns_ && newtonPays()) beginNewton();
    if (newtonRuns_) return newtonStep();
  }
  if (slack()) {
    slackStep();
    measureStep();
  } else {
    updateV();
    map_.letRound(certificate_.gap() > roundedTo);
    updateU();
    map_.letRound(false);
    measureStep();
    measureResiduals();
    accelerate();
    if (std::isnan(settings_.rho)) adaptRho();
  }
  ++iteration_;
  knowsDual_ = true;
  return std::nullopt;
}

/// v := prox of the norms and cones at b.
template <LinAlg La>
void ReluSolver<La>::updateV() {
  if constexpr (cpu) prox_.allow(allowedViolation());
  prox_.apply(b_, data_.beta / rho_);
}

/// How far v may lie outside of the cones, ConeProjector::allow: the first iterations meet most cones for the first
/// time, far from where they end.
template <LinAlg La>
double ReluSolver<La>::allowedViolation() const {
  return iteration_ < looseSteps ? looseFrom * std::pow(0.5, iteration_) : ConeProjector::feasibility;
}

/// z, u, theta and the next state. F u = target - theta saves a product with X.
template <LinAlg La>
void ReluSolver<La>::updateU() {
  const int size = data_.n * data_.c;
  const double alpha = settings_.relaxation;
  const T* fv = prox_.fv().data;
  la_.copy(state_.view(), before_.view());
  if (!squared()) {
    la_.forEach(data_.n, kernels::LossProx<Space>{data_.loss, sigma_, convertA_(la_, a_), rows_.y, z_, zDual_, work_});
  }
  la_.forEach(size, kernels::RightHandSide<T, Space>{target(), fv, fb_.data, rhs_.view().data});
  solveSystem();
  kernels::relax(la_, kernels::Relax<T, Space>{alpha, sigma_ / rho_, prox_.v(), q_, b_});
  la_.forEach(size, kernels::NextPredictions<T, Space>{target(), alpha, theta_.view().data, rhs_.view().data, fv,
                                                       z_.view().data, fb_.data, a_.data});
}

/// Samples, in a few iterations of a window, what balances primal and dual residuals.
template <LinAlg La>
void ReluSolver<La>::measureResiduals() {
  const int k = iteration_ + 1;
  const auto flat = [](In m) { return Vec<const T, Space>{m.data, m.rows * m.cols}; };
  if (k % sampling == sampling - 1) balance_->remember(flat(prox_.v()), z_.flat());
  if (k % sampling != 0 || k < sampling) return;
  balance_->sample({flat(b_), flat(b0_), flat(prox_.v())}, {flat(a_), flat(a0_), z_.flat()});
}

/// Rescales the penalties where the residuals are far out of balance. Primal over dual was 0.4 to 1.2 at the best
/// penalties in experiments. Seldom, since the system must be factored again, and ever more seldom, so that ADMM's
/// convergence is kept.
template <LinAlg La>
void ReluSolver<La>::adaptRho() {
  const int k = iteration_ + 1;
  if (k != window / 2 && k % window != 0) return;
  if (k == window / 2 && certificate_.gap() < wellUnderWay) return;  // a quick one: not worth a factorisation
  const ReluBalanceSums sums = balance_->take();
  const auto factor = [&](double logarithms) {
    const double ratio = std::exp(logarithms / sums.samples);
    return ratio < 0.25 || ratio > 3 ? std::clamp(ratio / 0.7, 0.1, 10.0) : 1.0;
  };
  const double rho = sums.samples > 0 ? std::max(leastRho_, rho_ * factor(sums.v)) : rho_;
  const double sigma = sums.samples > 0 && !squared() ? sigma_ * factor(sums.z) : sigma_;
  if (rho == rho_ && sigma == sigma_) return;
  if (adaptations_ >= manyAdaptations && k < 2 * lastAdaptation_) return;
  ++adaptations_;
  lastAdaptation_ = k;
  rescale(rho, sigma);
}

/// New penalties; b - v and a - z are multipliers divided by them.
template <LinAlg La>
void ReluSolver<La>::rescale(double rho, double sigma) {
  const double rhoChange = rho / rho_;
  const int predictions = data_.n * data_.c;
  la_.forEach(b_.rows * b_.cols, kernels::Rescale<T, T>{rhoChange, prox_.v().data, b_.data});
  la_.forEach(predictions, kernels::Rescale<T, T>{rhoChange, prox_.fv().data, fb_.data});
  if (!squared()) la_.forEach(predictions, kernels::Rescale<T, double>{sigma / sigma_, z_.view().data, a_.data});
  rho_ = rho;
  sigma_ = sigma;
  factored_ = setSystem();
  forgetAcceleration();
}

template <LinAlg La>
void ReluSolver<La>::slackStep() {
  la_.copy(state_.view(), before_.view());
  slack_->begin(rows_.y, b_, rhs_);
  solveSystem();
  slack_->end(q_, rho_, settings_.relaxation, data_.beta / rho_, prox_, b_);
}

/// Offers the certificate what the iteration is at.
template <LinAlg La>
void ReluSolver<La>::offerIterate() {
  if (slack() && iteration_ > 0) {  // v lies outside of the cones: its projection is what is reported
    prox_.project(slack_->v());
    slack_->setShift(rows_.xt, rho_, prox_.shift());
  } else {
    if constexpr (cpu) prox_.makeExact(b0_, data_.beta / rho_);
    prox_.shiftByProjection(pointOfProx(), newtonRuns_ ? newton_->rho() : rho_);
  }
  const ReluPoint<Space> point = prox_.point();
  const double objective = certificate_.offerPoint(point);
  if (endsUnreported()) return;  // 0 is a bound
  // Two dual points: the multiplier of the iteration, and the subgradient of the loss at this v, which is mostly worse
  // and then looked at now and then only.
  const bool looks = !newtonRuns_ && (!knowsDual_ || subgradientPays_ || reports_ % 8 == 0);
  const double subgradient = looks ? certificate_.offerSubgradient(point.f) : 0;
  const double bound = knowsDual_ ? offerMultiplier() : 0;
  if (looks) subgradientPays_ = subgradient > bound;
  if (newtonRuns_) return;
  rate_.takeIn(objective, std::max(bound, subgradient));
  if (knowsDual_) offerCorrected();
}

template <LinAlg La>
ReluProgress ReluSolver<La>::progress() {
  if constexpr (cpu && !single) {
    if (data_.ranks) data_.ranks->expectSame({b_.data, static_cast<std::size_t>(b_.rows * b_.cols)});
  }
  offerIterate();
  if constexpr (cpu) {
    const bool strays = byOutput_ || map_.listsRows();
    if (strays && iteration_ > 0 && !newtonRuns_ && certificate_.gap() < anewFrom) map_.forward(b_, fb_);
  }
  ++reports_;
  ReluProgress now;
  now.objective = certificate_.objective();
  now.lowerBound = certificate_.lowerBound();
  now.residual = certificate_.gap();
  now.feasibility = certificate_.violation() * data_.normScale();
  now.step =
      std::sqrt(la_.sum(b_.rows * b_.cols, kernels::SquaredDifference<T>{b_.data, b0_.data})) * data_.normScale();
  if (system_.inexact()) now.innerSteps = static_cast<double>(system_.products());
  return now;
}

/// Returns the bound of the iteration's dual point; q = F^T theta may be at hand.
template <LinAlg La>
double ReluSolver<La>::offerMultiplier() {
  if constexpr (cpu) {
    if (newtonRuns_) return certificate_.offerDual(newton_->theta(), newton_->q());
  }
  if (!squared()) return certificate_.offerDual(Mat<const double, Space>(zDual_));
  if constexpr (!single) {
    if (system_.adjointIsExact()) return certificate_.offerDual(theta_, q_);
  }
  return certificate_.offerDual(In(theta_));
}

/// Offers what the corrections make of the point and the multiplier, for outputs where these are good enough to be
/// corrected; where that gained little, at every fourth report only.
template <LinAlg La>
void ReluSolver<La>::offerCorrected() {
  if constexpr (cpu) {
    if (!corrections_ || certificate_.gap() <= settings_.tolerance) return;
    bool any = false;
    for (int k = 0; k < data_.c; ++k) {
      gaps_[at(k)] = certificate_.gap(k);
      const bool wanted = gaps_[at(k)] <= std::min(correctFrom, correctWithin * std::sqrt(settings_.tolerance)) &&
                          (correctionPays_[at(k)] != 0 || reports_ % 4 == 0);
      corrected_[at(k)] = wanted;
      any = any || wanted;
    }
    if (!any) return;
    const Vec<const char> wanted{corrected_.data(), data_.c};
    if (!system_.adjointIsExact()) map_.adjoint(theta_, q_);
    corrections_->startDual(theta_, q_);
    corrections_->correctPoint(wanted);
    certificate_.offerPoint(prox_.point());
    for (int k = 0; k < mostCorrections && certificate_.gap() > settings_.tolerance; ++k) {
      corrections_->correctDual(wanted);
      certificate_.offerDual(corrections_->theta(), corrections_->q());
    }
    for (int k = 0; k < data_.c; ++k) {
      if (corrected_[at(k)] != 0) correctionPays_[at(k)] = certificate_.gap(k) < worthCorrecting * gaps_[at(k)];
    }
  }
}

// Compiled once, in solver.cpp.
extern template class ReluSolver<Cpu>;

}  // namespace nonconvex
