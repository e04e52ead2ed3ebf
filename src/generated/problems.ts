// Made by scripts/types.mjs from what the native library declares. Do not edit.
import type { AdversarialBayesProblem, AdversarialBayesSolution } from './adversarialBayes.js';
import type { AlignNetworksProblem, AlignNetworksSolution } from './alignNetworks.js';
import type { AssignProblem, AssignSolution } from './assign.js';
import type { BlindCalibrationProblem, BlindCalibrationSolution } from './blindCalibration.js';
import type { CertifyNetworkProblem, CertifyNetworkSolution } from './certifyNetwork.js';
import type { CheckeredRegressionProblem, CheckeredRegressionSolution } from './checkeredRegression.js';
import type { DeepLinearProblem, DeepLinearSolution } from './deepLinear.js';
import type { FitProblem, FitSolution } from './fit.js';
import type { FractionalProblem, FractionalSolution } from './fractional.js';
import type { LearnDagProblem, LearnDagSolution } from './learnDag.js';
import type { LearnPatchesProblem, LearnPatchesSolution } from './learnPatches.js';
import type { MatrixCompletionProblem, MatrixCompletionSolution } from './matrixCompletion.js';
import type { MinimizeGloballyProblem, MinimizeGloballySolution } from './minimizeGlobally.js';
import type { MinimizeSumProblem, MinimizeSumSolution } from './minimizeSum.js';
import type { NlpProblem, NlpSolution } from './nlp.js';
import type { OneClassSubspacesProblem, OneClassSubspacesSolution } from './oneClassSubspaces.js';
import type { ReluProblem, ReluSolution } from './relu.js';
import type { RiskScoreProblem, RiskScoreSolution } from './riskScore.js';
import type { RobustMixedModelProblem, RobustMixedModelSolution } from './robustMixedModel.js';
import type { RobustRiskProblem, RobustRiskSolution } from './robustRisk.js';
import type { SequentialMaxMarginProblem, SequentialMaxMarginSolution } from './sequentialMaxMargin.js';
import type { SparseProblem, SparseSolution } from './sparse.js';
import type { SupervisedDictionaryProblem, SupervisedDictionarySolution } from './supervisedDictionary.js';
import type { TeachKernelProblem, TeachKernelSolution } from './teachKernel.js';
import type { TrendFilterProblem, TrendFilterSolution } from './trendFilter.js';
import type { UnlearnProblem, UnlearnSolution } from './unlearn.js';

/** What the addon takes beside settings, by solver. */
export interface Problems {
  adversarialBayes: AdversarialBayesProblem;
  alignNetworks: AlignNetworksProblem;
  assign: AssignProblem;
  blindCalibration: BlindCalibrationProblem;
  certifyNetwork: CertifyNetworkProblem;
  checkeredRegression: CheckeredRegressionProblem;
  deepLinear: DeepLinearProblem;
  fit: FitProblem;
  fractional: FractionalProblem;
  learnDag: LearnDagProblem;
  learnPatches: LearnPatchesProblem;
  matrixCompletion: MatrixCompletionProblem;
  minimizeGlobally: MinimizeGloballyProblem;
  minimizeSum: MinimizeSumProblem;
  nlp: NlpProblem;
  oneClassSubspaces: OneClassSubspacesProblem;
  relu: ReluProblem;
  riskScore: RiskScoreProblem;
  robustMixedModel: RobustMixedModelProblem;
  robustRisk: RobustRiskProblem;
  sequentialMaxMargin: SequentialMaxMarginProblem;
  sparse: SparseProblem;
  supervisedDictionary: SupervisedDictionaryProblem;
  teachKernel: TeachKernelProblem;
  trendFilter: TrendFilterProblem;
  unlearn: UnlearnProblem;
}

/** What a result has beside what all results have, by solver. */
export interface Solutions {
  adversarialBayes: AdversarialBayesSolution;
  alignNetworks: AlignNetworksSolution;
  assign: AssignSolution;
  blindCalibration: BlindCalibrationSolution;
  certifyNetwork: CertifyNetworkSolution;
  checkeredRegression: CheckeredRegressionSolution;
  deepLinear: DeepLinearSolution;
  fit: FitSolution;
  fractional: FractionalSolution;
  learnDag: LearnDagSolution;
  learnPatches: LearnPatchesSolution;
  matrixCompletion: MatrixCompletionSolution;
  minimizeGlobally: MinimizeGloballySolution;
  minimizeSum: MinimizeSumSolution;
  nlp: NlpSolution;
  oneClassSubspaces: OneClassSubspacesSolution;
  relu: ReluSolution;
  riskScore: RiskScoreSolution;
  robustMixedModel: RobustMixedModelSolution;
  robustRisk: RobustRiskSolution;
  sequentialMaxMargin: SequentialMaxMarginSolution;
  sparse: SparseSolution;
  supervisedDictionary: SupervisedDictionarySolution;
  teachKernel: TeachKernelSolution;
  trendFilter: TrendFilterSolution;
  unlearn: UnlearnSolution;
}
