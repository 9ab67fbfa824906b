import { answerPieces } from "./answer-pieces.js";
import { judgeKey } from "./judge-key.js";

// A thread of the bench: gets pieces of work, answers with key digests.
answerPieces(judgeKey);
