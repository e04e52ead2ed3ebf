// Trainings, which the files of cases share.

/** A case that is a training, with what the network makes of the data. */
export function reluSolve(name, make) {
  return {
    name,
    prepare: make,
    run: ({ relu }, { data, settings }) => relu.trainReluNetwork(data, settings),
    also: ({ relu }, { network }) => {
      const { x, y } = make().data;
      const read = relu.fromJSON(JSON.stringify(relu.toJSON(network)));
      return {
        decisions: relu.decisionFunction(network, x),
        predictions: relu.predict(read, x),
        score: relu.score(network, x, y),
      };
    },
  };
}
