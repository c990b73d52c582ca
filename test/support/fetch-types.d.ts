/** The one name of the Fetch standard that the generated clients use and Node's types lack. */
type BodyInit = NonNullable<RequestInit['body']>;
