import { type DocumentNode, GraphQLError, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { z } from 'zod';
import { schema } from './schema.ts';

/** A question that the schema allows. */
export interface Asked {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
}

const Body = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

/** Reads the body of a request; undefined when it is none, and what is wrong with the document otherwise. */
export function readAsked(body: Buffer): Asked | readonly GraphQLError[] | undefined {
  const parsed = Body.safeParse(readJson(body));
  if (!parsed.success) return undefined;
  try {
    const document = parse(parsed.data.query);
    const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
    const errors = validate(schema, document).map((error) => {
      const code = error.message.startsWith('Cannot query field') ? 'undefinedField' : 'argumentLiteralsIncompatible';
      return new GraphQLError(error.message, {
        originalError: error,
        nodes: error.nodes ?? null,
        extensions: { code },
      });
    });
    if (operation === undefined || errors.length > 0) return errors;
    return { document, operation, variables: parsed.data.variables ?? {} };
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
