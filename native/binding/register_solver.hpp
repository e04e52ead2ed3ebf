// How a solver registers itself in an addon: by a constant outside of functions, so that no list of them exists. The
// files are linked as objects, since a linker drops those of an archive that nobody calls.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "binding/solve.hpp"
#include "binding/tables.hpp"
#include "core/choices.hpp"

namespace nonconvex {

class Reader;

/// A solver as the binding sees it: tables of what it takes and gives, and functions that its entry has.
struct SolverDeclaration {
  std::string_view name;
  std::string_view family;                    ///< empty: it has the name of the solver
  std::string_view device;                    ///< the device that it runs on
  std::span<const std::string_view> members;  ///< names in the settings object that belong to the problem
  std::span<const InRow> problem;             ///< members that are read by this table
  std::span<const SettingRow> settings;
  std::vector<Choice> (*choices)();  ///< choices that settings belong to; null if there are none
  std::span<const OutRow> result;
  std::span<const OutRow> progress;               ///< own members of reports
  Claims (*claims)();                             ///< what it can know of its answers
  bool oneAnswer;                                 ///< a result has the gap of its certificate, too
  bool answersUnread;                             ///< an aborted solve needs no data
  bool together;                                  ///< ranks may run it together
  std::unique_ptr<Solve> (*make)();               ///< a solve whose settings are the defaults
  void (*read)(const Reader& in, void* problem);  ///< reads what no table has; null: that is nothing
};

/// Has the addon export a solver.
void addSolver(const SolverDeclaration& solver);

/// A solver of a struct `Entry`, which has its `name`, Problem, Settings, Solution and what the backend runs (Solver
/// for the CPU). One of several solvers of a family names that as its `family`. The fields() of Problem, or of Inputs
/// where the entry has these, say what is read; read(reader, problem), if there is one, reads more. `members`, if there
/// are any, are names in the settings object that belong to the problem.
template <class Entry, class Backend>
class DeclarationOf {
  using Report = ProgressOf<typename Entry::Solution>;
  static_assert(__builtin_offsetof(Report, iteration) == __builtin_offsetof(Progress, iteration));

  static constexpr std::string_view family() {
    if constexpr (requires { Entry::family; }) return Entry::family;
    return {};
  }
  static constexpr std::span<const std::string_view> members() {
    if constexpr (requires { Entry::members; }) return Entry::members;
    return {};
  }
  using Choices = std::vector<Choice> (*)();
  static constexpr Choices choices() {
    if constexpr (requires { Entry::Settings::choices(); }) return Entry::Settings::choices;
    return nullptr;
  }
  static constexpr std::span<const OutRow> progress() {
    if constexpr (HasOwnFields<Report>) return outRows<Report>;
    return {};
  }
  static std::unique_ptr<Solve> make() { return std::make_unique<SolveOf<Entry, Backend>>(); }
  static constexpr std::span<const InRow> problem() {
    using Declared = typename InputsOf<Entry>::Type;
    if constexpr (HasFields<Declared>) return inRows<Declared>;
    return {};
  }
  using Read = void (*)(const Reader& in, void* problem);
  static constexpr Read read() {
    using Problem = typename Entry::Problem;
    if constexpr (requires(const Reader& in, Problem& problem) { Entry::read(in, problem); }) {
      return [](const Reader& in, void* problem) { Entry::read(in, *static_cast<Problem*>(problem)); };
    }
    return nullptr;
  }

 public:
  static constexpr SolverDeclaration value = {.name = Entry::name,
                                              .family = family(),
                                              .device = Backend::device,
                                              .members = members(),
                                              .problem = problem(),
                                              .settings = settingRows<typename Entry::Settings>,
                                              .choices = choices(),
                                              .result = outRows<typename Entry::Solution>,
                                              .progress = progress(),
                                              .claims = Entry::Solution::claims,
                                              .oneAnswer = HasOneCertificate<typename Entry::Solution>,
                                              .answersUnread = AnswersUnread<Backend, Entry>,
                                              .together = SolvesTogether<Entry>,
                                              .make = make,
                                              .read = read()};
};

template <class Entry, class Backend = OnCpu>
struct RegisterSolver {
  RegisterSolver() { addSolver(DeclarationOf<Entry, Backend>::value); }
};

}  // namespace nonconvex
