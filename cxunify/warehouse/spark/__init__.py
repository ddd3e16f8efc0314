"""Apache Spark as the engine of the steps that grow with the data: what it is told, and what it is not asked."""
