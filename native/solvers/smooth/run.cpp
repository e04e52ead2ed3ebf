#include "solvers/smooth/run.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "core/type_list.hpp"
#include "solvers/smooth/answers.hpp"
#include "solvers/smooth/clipping.hpp"
#include "solvers/smooth/couplings.hpp"
#include "solvers/smooth/estimators.hpp"
#include "solvers/smooth/geometries.hpp"
#include "solvers/smooth/momenta.hpp"
#include "solvers/smooth/steps.hpp"

namespace nonconvex {
namespace {

/// The place of a piece in its list.
template <class... Piece>
constexpr int placeOf(TypeList<Piece...>, std::string_view name) {
  const std::array<std::string_view, sizeof...(Piece)> names = {Piece::name...};
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (names[k] == name) return static_cast<int>(k);
  }
  return -1;
}

template <class T>
constexpr bool isOfPieces(const SumPreset& row) {
  return placeOf(Estimators<T>{}, row.estimator) >= 0 && placeOf(Clippings<T>{}, row.clipping) >= 0 &&
         placeOf(Couplings<T>{}, row.coupling) >= 0 && placeOf(Momenta<T>{}, row.momentum) >= 0 &&
         placeOf(Geometries<T>{}, row.geometry) >= 0 && placeOf(StepLengths<T>{}, row.step) >= 0 &&
         placeOf(Averagings<T>{}, row.averaging) >= 0;
}
static_assert(
    [] {
      for (const SumPreset& row : sumPresets) {
        if (!isOfPieces<double>(row)) return false;
      }
      return true;
    }(),
    "a row of the table names a piece that no list has");

template <class Base, class List, class Input>
std::unique_ptr<Base> makePiece(List list, std::string_view name, Input& input) {
  return visit(list, placeOf(list, name),
               [&]<class Piece>() -> std::unique_ptr<Base> { return std::make_unique<Piece>(input); });
}

/// The row of the table, with the average and the penalty that are asked for.
SumPreset chosenRow(const MinimizeSumSettings& settings) {
  SumPreset row = presetOf(settings.method);
  if (settings.averaging == SumAveraging::last) row.averaging = "last";
  if (settings.averaging == SumAveraging::polynomial) row.averaging = "polynomial";
  if (settings.gradientPenalty > 0 && row.clipping == "none") row.clipping = "gradientPenalty";
  return row;
}

template <class T>
class Run final : public SumRun {
 public:
  Run(const Cpu& la, const MinimizeSumProblem& problem, const MinimizeSumSettings& settings,
      std::unique_ptr<FiniteSum<T>> sum, const SumUnits& units)
      : la_(la),
        settings_(settings),
        row_(chosenRow(settings)),
        private_(isPrivate(row_)),
        sum_(std::move(sum)),
        units_(units),
        origin_(startOf(problem, units)),
        at_(*sum_, settings_, la_, problem.rows.empty() ? RowSet::range(0, sum_->rows()) : RowSet::list(problem.rows),
            origin_),
        set_(problem, units.scales, settings.lambda),
        g_(zeros(at_)) {
    require(problem.norms.empty() || problem.norms.size() == at_.blocks.size(), "norms.length", problem.norms.size(),
            "expected one for each of the " + show(at_.blocks.size()) + " variables");
    at_.norms = problem.norms;
    if (!set_.everywhere()) set_.project(origin_.data(), 0);
    clipping_ = makePiece<Clipping<T>>(Clippings<T>{}, row_.clipping, at_);
    PieceInput<T> in{at_, *clipping_, private_};
    estimator_ = makePiece<Estimator<T>>(Estimators<T>{}, row_.estimator, in);
    coupling_ = makePiece<Coupling<T>>(Couplings<T>{}, row_.coupling, at_);
    momentum_ = makePiece<Momentum<T>>(Momenta<T>{}, row_.momentum, at_);
    geometry_ = makePiece<Geometry<T>>(Geometries<T>{}, row_.geometry, at_);
    StepInput<T> ofStep{at_, row_, set_};
    length_ = makePiece<StepLength<T>>(StepLengths<T>{}, row_.step, ofStep);
    averaging_ = makePiece<Averaging<T>>(Averagings<T>{}, row_.averaging, at_);
    if (problem.state.empty()) return;
    Archive archive{std::span<const double>(problem.state)};
    visitAll(archive);
    archive.end();
    estimator_->restore(at_);
  }

  bool step() override {
    at_.here = coupling_->current();
    at_.squaresKnown = false;
    at_.alpha = 1;
    length_->begin(at_);
    estimator_->draw(at_);
    const T* x = at_.place = coupling_->place(at_);
    estimator_->estimate(at_, x, g_.data());
    clipping_->apply(at_, g_.data());
    const T* m = at_.momentum = momentum_->apply(at_, g_.data());
    geometry_->learn(at_, x, g_.data(), m);
    const T* d = geometry_->direction(at_, m);
    length_->choose(at_, x, g_.data(), d);
    // The loss of a batch has no noise, so that of private steps decides nothing.
    if (!private_ && !std::isfinite(at_.loss) && at_.rows.count > 0) return false;
    coupling_->move(at_, g_.data(), d, set_, *geometry_);
    averaging_->add(at_, *coupling_);
    ++at_.step;
    return true;
  }

  void writeAnswer(std::vector<double>& x) const override { write(averaging_->answer(*coupling_), x); }
  void writeLast(std::vector<double>& x) const override { write(coupling_->current(), x); }
  void writeState(std::vector<double>& state) override {
    state.clear();
    Archive archive(state);
    visitAll(archive);
  }
  Sight sight() const override {
    return {.loss = at_.loss,
            .eta = at_.etas.front(),
            .steps = static_cast<double>(at_.step),
            .rows = static_cast<double>(at_.rowsSeen),
            .gradients = static_cast<double>(at_.gradients),
            .products = static_cast<double>(at_.products),
            .batch = at_.rows.count};
  }
  double distance() const override {
    return at_.goesByDistance ? at_.distance() : std::sqrt(sweeps::apart(at_.n, coupling_->current(), origin_.data()));
  }
  std::string warning() const override { return length_->warning(); }

 private:
  /// definition: version of the states that it writes, raised where their layout changes.
  static constexpr double version = 2;

  static std::vector<T> startOf(const MinimizeSumProblem& problem, const SumUnits& units) {
    std::vector<T> z(problem.start.size());
    units.toUnits(problem.start.data(), z.data(), z.size());
    return z;
  }
  void write(const T* from, std::vector<double>& to) const {
    to.resize(origin_.size());
    units_.fromUnits(from, to.data(), to.size());
  }
  void visitAll(Archive& archive) {
    const double expected[] = {version, static_cast<double>(settings_.method), sizeof(T)};
    for (const double mark : expected) {
      double found = mark;
      archive.visit(found);
      require(found == mark, "warmStart.state", found,
              "expected the state of a solve of this version by the same method and in the same precision");
    }
    archive.visit(origin_);
    at_.visit(archive);
    for (SumPiece* piece :
         std::initializer_list<SumPiece*>{estimator_.get(), clipping_.get(), coupling_.get(), momentum_.get(),
                                          geometry_.get(), length_.get(), averaging_.get()}) {
      piece->visit(archive);
    }
  }

  const Cpu la_;
  const MinimizeSumSettings settings_;
  const SumPreset row_;
  const bool private_;
  std::unique_ptr<FiniteSum<T>> sum_;
  const SumUnits units_;
  std::vector<T> origin_;
  SumContext<T> at_;
  ChosenSet<T> set_;
  std::vector<T> g_;
  std::unique_ptr<Estimator<T>> estimator_;
  std::unique_ptr<Clipping<T>> clipping_;
  std::unique_ptr<Coupling<T>> coupling_;
  std::unique_ptr<Momentum<T>> momentum_;
  std::unique_ptr<Geometry<T>> geometry_;
  std::unique_ptr<StepLength<T>> length_;
  std::unique_ptr<Averaging<T>> averaging_;
};

template <class Fields>
void addNames(const Fields& fields, std::set<std::string_view>& names) {
  fields.apply([&](const auto&... field) { names.insert(std::initializer_list<std::string_view>{field.name...}); });
}

template <class List>
void addNamesOf(List list, std::string_view name, std::set<std::string_view>& names) {
  visit(list, placeOf(list, name), [&]<class Piece>() { addNames(Piece::fields(), names); });
}

std::set<std::string_view> settingsOf(const SumPreset& row) {
  std::set<std::string_view> names;
  addNamesOf(Estimators<double>{}, row.estimator, names);
  addNamesOf(Clippings<double>{}, row.clipping, names);
  addNamesOf(Couplings<double>{}, row.coupling, names);
  addNamesOf(Momenta<double>{}, row.momentum, names);
  addNamesOf(Geometries<double>{}, row.geometry, names);
  addNamesOf(StepLengths<double>{}, row.step, names);
  addNamesOf(Averagings<double>{}, row.averaging, names);
  return names;
}

[[noreturn]] void throwUnused(std::string_view setting, const std::string& value, std::string_view method,
                              const std::set<std::string_view>& used) {
  std::string list;
  for (const std::string_view name : used) list += (list.empty() ? "" : ", ") + std::string(name);
  if (list.empty()) list = "none but those of every method";
  throw Error(ErrorKind::range, std::string(setting) + " = " + value + ": method '" + std::string(method) +
                                    "' does not use it; it has " + list);
}

/// A value as people write it.
template <class Value>
std::string textOf(const Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    return show(nameOf(value));
  } else {
    return show(value);
  }
}

}  // namespace

template <class T>
std::unique_ptr<SumRun> makeRun(const Cpu& la, const MinimizeSumProblem& problem, const MinimizeSumSettings& settings,
                                std::unique_ptr<FiniteSum<T>> sum, const SumUnits& units) {
  return std::make_unique<Run<T>>(la, problem, settings, std::move(sum), units);
}
template std::unique_ptr<SumRun> makeRun(const Cpu&, const MinimizeSumProblem&, const MinimizeSumSettings&,
                                         std::unique_ptr<FiniteSum<float>>, const SumUnits&);
template std::unique_ptr<SumRun> makeRun(const Cpu&, const MinimizeSumProblem&, const MinimizeSumSettings&,
                                         std::unique_ptr<FiniteSum<double>>, const SumUnits&);

std::vector<Choice> MinimizeSumSettings::choices() {
  std::vector<Choice> all;
  for (const SumPreset& row : sumPresets) {
    std::set<std::string_view> names = settingsOf(row);
    names.erase("batchSize");
    all.push_back({"method", row.name, {names.begin(), names.end()}});
  }
  return all;
}

void requireUsed(const MinimizeSumSettings& settings) {
  const SumPreset& row = presetOf(settings.method);
  const std::set<std::string_view> used = settingsOf(row);
  const MinimizeSumSettings defaults;
  const auto check = [&](const auto& field) {
    const auto& value = settings.*field.member;
    const auto& usual = defaults.*field.member;
    const bool given = value == value ? value != usual : usual == usual;
    if (given && !used.contains(field.name)) throwUnused(field.name, textOf(value), row.name, used);
  };
  MinimizeSumSettings::ofPieces().apply([&](const auto&... field) { (check(field), ...); });
}

std::string piecesOf(const SumPreset& preset, const MinimizeSumSettings& settings) {
  const SumPreset row = chosenRow(settings);
  std::string text(preset.estimator);
  for (const std::string_view piece :
       {row.clipping, row.coupling, row.momentum, row.geometry, row.step, row.averaging}) {
    text += ", " + std::string(piece);
  }
  return text;
}

}  // namespace nonconvex
