/// The definitions that every schema contains (specification, sections 3.5, 3.13 and 4).
enum BuiltIn {
    static let scalarDescriptions = [
        "String": "A UTF-8 string.",
        "Int": "A 32-bit signed integer.",
        "Float": "A double-precision number (IEEE 754).",
        "Boolean": "`true` or `false`.",
        "ID": "An identifier: an opaque string that is not meant for people.",
    ]

    static let typeName = SchemaField(name: "__typename", type: .nonNull(.named("String")))
    static let schema = SchemaField(name: "__schema", type: .nonNull(.named("__Schema")))
    static let type = SchemaField(
        name: "__type",
        arguments: [
            SchemaInput(
                InputDefinition(
                    name: Name(text: "name", offset: 0), type: .nonNull(.named("String")), directives: []))
        ],
        type: .named("__Type"))

    static let definitions = """
        "Includes a field or fragment only if the condition is true."
        directive @include("Whether the field or fragment is included." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        "Skips a field or fragment if the condition is true."
        directive @skip("Whether the field or fragment is skipped." if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
        "Marks an element of the schema as deprecated."
        directive @deprecated("The reason, and what to use instead." reason: String = "No longer supported")
            on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
        "Links to the specification of a scalar."
        directive @specifiedBy("The URL of the specification." url: String!) on SCALAR

        "The schema of a service: its types, its directives and the root type of each operation."
        type __Schema {
          description: String
          types: [__Type!]!
          queryType: __Type!
          mutationType: __Type
          subscriptionType: __Type
          directives: [__Directive!]!
        }
        "A type of any kind."
        type __Type {
          kind: __TypeKind!
          name: String
          description: String
          specifiedByURL: String
          fields(includeDeprecated: Boolean = false): [__Field!]
          interfaces: [__Type!]
          possibleTypes: [__Type!]
          enumValues(includeDeprecated: Boolean = false): [__EnumValue!]
          inputFields(includeDeprecated: Boolean = false): [__InputValue!]
          ofType: __Type
        }
        "The kinds of types."
        enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }
        "A field of an object or interface."
        type __Field {
          name: String!
          description: String
          args(includeDeprecated: Boolean = false): [__InputValue!]!
          type: __Type!
          isDeprecated: Boolean!
          deprecationReason: String
        }
        "An argument, or a field of an input object."
        type __InputValue {
          name: String!
          description: String
          type: __Type!
          "The default value in GraphQL syntax."
          defaultValue: String
          isDeprecated: Boolean!
          deprecationReason: String
        }
        "One of the values of an enum."
        type __EnumValue {
          name: String!
          description: String
          isDeprecated: Boolean!
          deprecationReason: String
        }
        "A directive, which changes how a document is executed or validated."
        type __Directive {
          name: String!
          description: String
          locations: [__DirectiveLocation!]!
          args(includeDeprecated: Boolean = false): [__InputValue!]!
          isRepeatable: Boolean!
        }
        "A place where a directive may be used."
        enum __DirectiveLocation {
          QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION
          SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT
          INPUT_FIELD_DEFINITION
        }
        """
}
