import { answerQuestions } from '../../src/edge/model-thread.ts'

await answerQuestions()
