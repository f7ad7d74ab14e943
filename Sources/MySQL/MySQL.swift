// MySQL
