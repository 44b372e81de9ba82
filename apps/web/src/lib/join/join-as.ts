// Joins under this device's actor, or as a new person where the server does not take its word for who it is.
import type { Answer, Joined, joinServer } from '#lib/remote/api.ts'

type JoinRequest = Parameters<typeof joinServer>[0]

/** What the server said, and to whom. */
export interface JoinedAs {
  readonly answer: Answer<Joined>
  /** The actor that the token names; another one than asked for where that was taken. */
  readonly actor: string
}

/**
 * The request's token shows that the actor is this device. Without one that holds good the server refuses an actor that its book knows;
 * then the device joins under an id that `mintId` makes, for this book only.
 */
export async function joinAs(
  request: JoinRequest,
  { join, mintId }: { join: typeof joinServer; mintId: () => string },
): Promise<JoinedAs> {
  const answer = await join(request)
  if (answer.ok || answer.code !== 'actor-taken') return { answer, actor: request.actor.id }
  const actor = { ...request.actor, id: mintId() }
  return { answer: await join({ ...request, actor }), actor: actor.id }
}
